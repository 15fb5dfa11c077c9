"""The workspace as a vault of linked notes: papers, and the hypotheses that they bear on."""
