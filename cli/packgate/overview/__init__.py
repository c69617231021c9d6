"""Everything that is known of a policy repository and its recorded events, joined on one page."""
