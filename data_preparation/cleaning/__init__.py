"""What `clean` is made of: steps that keep a record or drop it with a reason."""
