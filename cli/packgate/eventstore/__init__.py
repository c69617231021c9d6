"""Recorded events where they are kept beside the log: files of Parquet, on this machine or in an object store."""
