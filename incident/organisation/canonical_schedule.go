package organisation

import "slices"

func (s Schedule) canonical() Schedule {
	if s.Combine == combinations[0] {
		s.Combine = ""
	}
	s.Layers = slices.Clone(s.Layers)
	for i := range s.Layers {
		s.Layers[i] = s.Layers[i].canonical()
	}
	s.Temporary = slices.Clone(s.Temporary)
	for i, t := range s.Temporary {
		t.From, t.Until = canonicalInstant(t.From, s.Zone), canonicalInstant(t.Until, s.Zone)
		t.Shifts = slices.Clone(t.Shifts)
		for j, shift := range t.Shifts {
			t.Shifts[j].From, t.Shifts[j].Until = canonicalInstant(shift.From, s.Zone), canonicalInstant(shift.Until, s.Zone)
		}
		s.Temporary[i] = t
	}
	return s
}

func (l Layer) canonical() Layer {
	l.From, l.Until = canonicalLocal(l.From), canonicalLocal(l.Until)
	if l.Rotation != nil {
		r := *l.Rotation
		r.Start, r.Length = canonicalLocal(r.Start), unless(r.Length, 1)
		l.Rotation = &r
	}
	l.Windows = slices.Clone(l.Windows)
	for i, w := range l.Windows {
		w.Days, w.Start, w.End = canonicalDays(w.Days), canonicalClock(w.Start), canonicalClock(w.End)
		w.From, w.Until = canonicalMoment(w.From), canonicalMoment(w.Until)
		l.Windows[i] = w
	}
	return l
}
