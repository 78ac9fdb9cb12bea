"""The pure domain of budget-performance self-evaluation (预算绩效自评): values and functions of values."""
