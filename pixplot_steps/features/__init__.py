"""Features: one vector per image of a shard, by a model chosen by name."""
