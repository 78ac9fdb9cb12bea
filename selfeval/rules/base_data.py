"""G: basic data and 三公: staff, expenses, their parts and their budgets."""
