"""The verbs of the city: functions whose first argument is the City."""
