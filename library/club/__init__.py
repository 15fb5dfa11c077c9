"""The paper club: members, proposed papers and votes, sessions with fair turns, and what came of them."""

TOPIC = "club"  # of a Change that touches any of these tables
TABLES = ("club_member", "club_absence", "club_proposal", "club_vote", "club_session", "club_slot", "club_decision")
