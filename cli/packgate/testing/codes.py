"""The stable codes of test findings."""

from __future__ import annotations

DID_NOT_FIRE = "PG801"
FIRED = "PG802"
GAP_CLOSED = "PG803"
NOTHING_TO_RUN = "PG804"
BRANCH_NOT_REACHED = "PG805"
BAD_ACTION = "PG806"
BENIGN_FIRED = "PG807"
ATTACK_MISSED = "PG808"
TOGETHER = "PG809"
CATALOG_CASE = "PG810"
OTHER_MODE = "PG811"
CONTEXT_CASE = "PG812"
EVADED = "PG820"
DATA_FIRED = "PG821"
MUTANT_SURVIVED = "PG830"
LOW_MUTATION_SCORE = "PG831"

TITLES = {
    DID_NOT_FIRE: "A case that must fire did not",
    FIRED: "A case that must not fire did",
    GAP_CLOSED: "A case marked todo passes now",
    NOTHING_TO_RUN: "There was no case to run",
    BRANCH_NOT_REACHED: "A branch of a condition has no case that reaches it",
    BAD_ACTION: "The action of a case is not one that can be decided",
    BENIGN_FIRED: "A harmless command of the corpus was warned about or blocked",
    ATTACK_MISSED: "An attack of the corpus did not fire the policies it should",
    TOGETHER: "A case passes with its pack alone and fails with the packs loaded together",
    CATALOG_CASE: "A program of the pack's catalog yields other operations than its case says",
    OTHER_MODE: "A policy fired with another mode than its case states",
    CONTEXT_CASE: "The context says something else of an action than its test",
    EVADED: "A command written differently no longer fires its policy",
    DATA_FIRED: "A command that is only data fires its policy",
    MUTANT_SURVIVED: "No case notices a change of the policy",
    LOW_MUTATION_SCORE: "The cases of a pack notice too few changes of its policies",
}
