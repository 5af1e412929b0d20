"""What applies to us, what covers it, what is missing. May use every room below."""
