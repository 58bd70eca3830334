COUNTRIES = {c: c for c in "IT MZ TN".split()}
