"""Words that say nothing about a project, without accents: articles, prepositions, conjunctions, auxiliaries.

A search never requires them. The list is short on purpose: whatever may be a subject or a name is left out of it. But
in a catalogue of cooperation projects people say so (“progetti in Kenya”), and the projects do not.
"""

STOP_WORDS = frozenset(
    """
    a ad agli ai al alla alle allo anche c che chi ci col come con cosa cui d da dagli dai dal dall dalla dalle dallo
    degli dei del dell della delle dello di dov dove e ed era fra gli ha hanno i il in io l la le li lo loro ma mi ne
    negli nei nel nell nella nelle nello no noi non nostra nostre nostri nostro o per piu quale quali quella quelle
    quelli quello questa queste questi questo s se si sia sono su sua sue sugli sui sul sull sulla sulle sullo suo
    suoi tra tu un una uno v vi all about an and are as at be been by can did do does for from had has have he her his
    how into is it its me my of on or our she so that the their them there these they this those to was we were what
    when where which who whose why will with you your
    cooperation cooperazione progetti progetto project projects
    """.split()
)
