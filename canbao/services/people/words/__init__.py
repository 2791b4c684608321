"""What a notice says, in words for residents: questions, benefits, ways in, waiting. Nobody is looked up."""
