"""What is asked of the contenders: one file each."""
