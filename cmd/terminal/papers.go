package main

import (
	"image"
	"sync"

	"comptoir/printer"
	"comptoir/printer/escpos"
	"comptoir/printer/virtual"
	"comptoir/terminal"
)

// papers draws the last tickets as they look on paper.
type papers struct {
	painter *virtual.Painter
	// profile is that of the printer that a job printed on, nil where it is not known.
	profile func(terminal.Job) *escpos.Profile

	mu      sync.Mutex
	tickets map[string]terminal.Job // by the job's key
	drawn   map[string]image.Image
	keys    []string // oldest first
}

// mostPapers is how many tickets are remembered.
const mostPapers = 64

func newPapers() *papers {
	return &papers{painter: virtual.NewPainter(), tickets: map[string]terminal.Job{}, drawn: map[string]image.Image{}}
}

// hear remembers a ticket that has gone to paper. Its picture changes only with a new copy.
func (p *papers) hear(job terminal.Job) {
	if job.Ticket == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before, known := p.tickets[job.Key]
	if known && before.Copies == job.Copies {
		return
	}
	delete(p.drawn, job.Key)
	p.tickets[job.Key] = job
	if known {
		return
	}
	if p.keys = append(p.keys, job.Key); len(p.keys) > mostPapers {
		delete(p.tickets, p.keys[0])
		delete(p.drawn, p.keys[0])
		p.keys = p.keys[1:]
	}
}

// picture is the paper of a job, nil where it cannot be drawn.
func (p *papers) picture(key string) image.Image {
	p.mu.Lock()
	job, known := p.tickets[key]
	drawn, done := p.drawn[key]
	p.mu.Unlock()
	if done || !known {
		return drawn
	}
	profile := p.profile(job)
	if profile == nil {
		return nil
	}
	picture := p.draw(*job.Ticket, profile)
	p.mu.Lock()
	defer p.mu.Unlock()
	if now, still := p.tickets[key]; still && now.Copies == job.Copies {
		p.drawn[key] = picture
	}
	return picture
}

func (p *papers) draw(ticket terminal.Ticket, profile *escpos.Profile) image.Image {
	bytes, err := printer.Render(ticket, profile)
	if err != nil {
		return nil
	}
	tickets, err := escpos.Decode(profile, bytes)
	if err != nil || len(tickets) == 0 {
		return nil
	}
	return p.painter.Picture(tickets[0], profile.Columns)
}
