"""Compiled trees and linear starts: arrays to margins and exact contributions. No session."""
