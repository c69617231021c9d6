"""Every case and every way of writing through the hook, in the payloads that real clients send: without the agents, so all of them.

    templates    which recorded payload stands for which kind of tool, and where in it an action is put
    filling      an action -> the payloads of its tool call
    asking       a payload -> the hook's answer, by the code that the hook runs
    understood   the bytes of an answer -> what the client makes of them
    trying       both together: what becomes of an action
    tally        counts, and what did not go as it should
    passes       all cases and ways of writing, on several processes
    ask          the figures, for packs and agents
    text, table  the figures for a terminal and for the protection matrix
"""
