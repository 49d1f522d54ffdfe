"""The planner's rules, a file each: pure functions from plan to plan. Their order is in planner.RULES."""
