(GATE) -- The town of Millbrook opened its rebuilt bridge on Monday, two years after a flood took the old one.

About 300 people crossed it in the first hour, the mayor said.

@highlight

Millbrook opens its rebuilt bridge

@highlight

A flood took the old one two years ago
