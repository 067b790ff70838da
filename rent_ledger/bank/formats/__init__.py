"""Bank files: readers of camt.052/053/054 and CFONB 120, writers of camt.053 and CFONB 120. No Django, no database."""
