from hypothesis import settings

# The first example may pay for torch's start, and on a busy machine any may be slow: time is the benchmarks' business.
settings.register_profile("nodegraph", deadline=None)
settings.load_profile("nodegraph")
