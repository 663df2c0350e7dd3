"""Exception -> HelperError: the diagnosis of a failure with AWS. The cause is established, not guessed.

Each module covers one kind of failure. A message from AWS is quoted if it contains more than is known here. Text that
may hold a secret is never quoted: a canonical string, the output of a credential_process, a proxy's password, a line of
a file.
"""
