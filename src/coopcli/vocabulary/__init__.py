"""Controlled vocabularies: codes and their names in Italian and English."""
