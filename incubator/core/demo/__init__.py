"""The demonstration data: published figures of real sites, reproduced from the rows of invented enterprises."""
