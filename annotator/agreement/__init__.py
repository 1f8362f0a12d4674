"""How far annotators agree, and where they do not: functions of values, without store or window."""
