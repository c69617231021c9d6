"""What other programs enforce: policies as the rule files, hooks and bundles of agents and policy engines.

    subject     what is rendered: the gate that decides, cases and corpora
    spelling    candidates for native rules: the words that a program of the catalog, or a case, begins with
    judging     which policies fire for a spelling whatever follows it
    known       commands of cases and corpora, and what the hook says to each
    plan        by policy: native rules, those left out and why
    targets     a module for each agent and engine
"""
