package incident

// OpenRoom binds the war room that was made for the incident. A second room is
// never bound while the first can still be written to.
func (i *Incident) OpenRoom(channel, name string) ([]Event, error) {
	if i.Room.Channel == channel && i.Room.State == RoomOpen {
		return nil, nil
	}
	if i.Room.Open() {
		return nil, Errorf(Conflict, "%s has a war room already.", i.ID)
	}
	i.Room = Room{Channel: channel, Name: name, State: RoomOpen}
	return []Event{RoomOpened{Channel: channel, Name: name}}, nil
}

// RoomRenames follows a new name that somebody gave the channel.
func (i *Incident) RoomRenames(name string) ([]Event, error) {
	if name == "" || name == i.Room.Name {
		return nil, nil
	}
	e := RoomRenamed{From: i.Room.Name, To: name}
	i.Room.Name = name
	return []Event{e}, nil
}

// RoomBecomes follows the channel's own fate: archived, open again, or lost.
func (i *Incident) RoomBecomes(state RoomState, reason string) ([]Event, error) {
	if i.Room.Channel == "" || i.Room.State == state {
		return nil, nil
	}
	i.Room.State = state
	return []Event{RoomStateChanged{State: state, Reason: reason}}, nil
}
