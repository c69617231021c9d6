"""Requests for approval: what waits for a person, who may answer, and the one run that an answer allows. Import-light."""
