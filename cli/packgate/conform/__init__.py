"""Runs cases against what is rendered and against the hook on the real agents and engines, and says what each of them stops.

`sandbox` starts an agent where nothing can be harmed: namespaces without network, without the user's files, in which every shell is a
stub that runs nothing. `servers` are the scripted models that the agents talk to. `engines` drive one agent or engine each; `lane` is what
they have in common.
"""
