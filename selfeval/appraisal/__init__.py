"""The bureau's appraisal of the self-evaluation work (自评工作考核): a table of points for each department.

table.py is the table as policy data, facts.py what the system knows of a department, marks.py the points
that follow from it, judgement.py what a person says, result.py both together. Pure.
"""
