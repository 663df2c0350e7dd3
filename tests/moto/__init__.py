"""The helper's own calls, judged by moto: a server nobody here wrote, which checks signatures and identity policies.

What moto cannot judge is left to the stand-in: it has no ECR Public, no permissions boundaries, no session policies and
no trust between two accounts; it lets a role be assumed that does not exist.
"""
