package incident

// PersonID is a person's Slack user id, for example U02ABCDEF.
type PersonID string

// ActorKind says what sort of party did something.
type ActorKind string

// The kinds of actors.
const (
	ActorPerson      ActorKind = "person"
	ActorSystem      ActorKind = "system"
	ActorIntegration ActorKind = "integration"
)

// Actor is who did it: a person, Tocsin itself, or another system.
type Actor struct {
	Kind ActorKind `json:"kind"`
	ID   string    `json:"id"` // a PersonID, or the name of the system
}

// System is Tocsin acting by itself.
var System = Actor{Kind: ActorSystem, ID: "tocsin"}

// By makes a person the actor.
func By(p PersonID) Actor { return Actor{Kind: ActorPerson, ID: string(p)} }

// ByIntegration makes another system the actor, for example "jira".
func ByIntegration(name string) Actor { return Actor{Kind: ActorIntegration, ID: name} }

// Person returns the person who acted, or "" when it was none.
func (a Actor) Person() PersonID {
	if a.Kind == ActorPerson {
		return PersonID(a.ID)
	}
	return ""
}
