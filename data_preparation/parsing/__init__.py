"""What the parser of replies reads with: loose JSON, labelled lists, names of fields."""
