"""Whatever went wrong with AWS -> one HelperError: what happened, found and not guessed, and what to do about it.

Each module knows one kind of trouble. What AWS says is quoted where it says more than we know; what may hold a secret
never is: a canonical string, what a credential_process prints, a proxy's password, a line of a file.
"""
