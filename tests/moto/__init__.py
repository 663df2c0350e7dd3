"""The helper's own calls, judged by moto, an independent server that checks signatures and identity policies.

The stand-in covers what moto cannot judge: moto has no ECR Public, no permissions boundaries, no session policies and
no trust between two accounts, and it lets a role be assumed that does not exist.
"""
