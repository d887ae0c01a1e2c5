package slacksim

import "time"

// What the workspace asks of its Chaos.

func (c *Chaos) isDown() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.down
}

func (c *Chaos) linkDisabled() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.disabled
}

func (c *Chaos) pingsStopped() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.noPings
}

func (c *Chaos) acksAnywhere() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.anywhere
}

func (c *Chaos) delay(method string) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.delays[method] + c.delays["*"]
}

func (c *Chaos) eventLag() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lag
}

// refusesUpgrade is the HTTP status for the next upgrade, 0 when it may pass.
func (c *Chaos) refusesUpgrade() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.upgrade.left == 0 {
		return 0
	}
	c.upgrade.left--
	return c.upgrade.status
}

// takes uses up one of a number of things that are to happen.
func (c *Chaos) takes(left *int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if *left == 0 {
		return false
	}
	*left--
	return true
}

func (c *Chaos) takesDuplicate() (duplicate, asFirst bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.duplicates) == 0 {
		return false, false
	}
	asFirst = c.duplicates[0]
	c.duplicates = c.duplicates[1:]
	return true, asFirst
}

// fault is what goes wrong with this call of a method; nothing when zero.
func (c *Chaos) fault(method string) fault {
	c.mu.Lock()
	defer c.mu.Unlock()
	if code := c.always[method]; code != "" {
		return fault{code: code}
	}
	planned := c.faults[method]
	if len(planned) == 0 {
		return fault{}
	}
	f := planned[0]
	planned[0].left--
	if planned[0].left <= 0 {
		c.faults[method] = planned[1:]
	}
	return f
}
