"""What `python -m local_test report` is made of; see report.py."""
