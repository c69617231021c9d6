"""What decides without an agent being started: policy engines over packgate's facts, and the rule checkers that agents bring along."""
