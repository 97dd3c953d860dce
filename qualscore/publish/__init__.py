"""Scores to where people work: changed rows, and a file for each kind of target.

What is sent is decided in Spark (`cards`, `changes`), for accounts that the CRM has; rows then come to the driver sorted by key, and a
sender makes requests of them and results of the answers (`salesforce`, `hubspot`, ...), without Spark. What was confirmed is written
down as soon as it is known (`journal`), so that a run that is killed is completed by the next.
"""
