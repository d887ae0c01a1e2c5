package incident

// The kinds of events about paging, one for each struct of event_paging.go.
const (
	KindEscalationBegan        Kind = "escalation.escalation_began"
	KindStepFired              Kind = "escalation.step_fired"
	KindEscalationAcknowledged Kind = "escalation.escalation_acknowledged"
	KindEscalationSnoozed      Kind = "escalation.escalation_snoozed"
	KindEscalationReturned     Kind = "escalation.escalation_returned"
	KindEscalationHeld         Kind = "escalation.escalation_held"
	KindEscalationRefused      Kind = "escalation.escalation_refused"
	KindEscalationExhausted    Kind = "escalation.escalation_exhausted"
	KindEscalationResolved     Kind = "escalation.escalation_resolved"
	KindDeliveryMoved          Kind = "paging.delivery_moved"
	KindPersonUnreachable      Kind = "paging.person_unreachable"
)

func pagingKinds() []Kind {
	return []Kind{
		KindEscalationBegan,
		KindStepFired,
		KindEscalationAcknowledged,
		KindEscalationSnoozed,
		KindEscalationReturned,
		KindEscalationHeld,
		KindEscalationRefused,
		KindEscalationExhausted,
		KindEscalationResolved,
		KindDeliveryMoved,
		KindPersonUnreachable,
	}
}

// Kind names the event.
func (EscalationBegan) Kind() Kind { return KindEscalationBegan }

// Kind names the event.
func (StepFired) Kind() Kind { return KindStepFired }

// Kind names the event.
func (EscalationAcknowledged) Kind() Kind { return KindEscalationAcknowledged }

// Kind names the event.
func (EscalationSnoozed) Kind() Kind { return KindEscalationSnoozed }

// Kind names the event.
func (EscalationReturned) Kind() Kind { return KindEscalationReturned }

// Kind names the event.
func (EscalationHeld) Kind() Kind { return KindEscalationHeld }

// Kind names the event.
func (EscalationRefused) Kind() Kind { return KindEscalationRefused }

// Kind names the event.
func (EscalationExhausted) Kind() Kind { return KindEscalationExhausted }

// Kind names the event.
func (EscalationResolved) Kind() Kind { return KindEscalationResolved }

// Kind names the event.
func (DeliveryMoved) Kind() Kind { return KindDeliveryMoved }

// Kind names the event.
func (PersonUnreachable) Kind() Kind { return KindPersonUnreachable }
