package duel

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/centrifugal/centrifuge"

	"comptoir/order"
	"comptoir/sync/wire"
)

// historySize is how many publications centrifuge keeps of a location, in memory, for historyTime.
const (
	historySize = 100
	historyTime = time.Hour
)

// centrifugeServer is a node of centrifuge: a channel for each location, with a history from which
// clients recover. It is tuned as the hub's gateway is: small read buffers, shared write buffers,
// and commands handled beside the read loop, whose stack stays small.
type centrifugeServer struct {
	http.Handler
	node *centrifuge.Node
}

func newCentrifuge() (*centrifugeServer, error) {
	node, err := centrifuge.New(centrifuge.Config{})
	if err != nil {
		return nil, err
	}
	node.OnConnecting(func(_ context.Context, e centrifuge.ConnectEvent) (centrifuge.ConnectReply, error) {
		return centrifuge.ConnectReply{Credentials: &centrifuge.Credentials{UserID: e.Name}}, nil
	})
	node.OnConnect(func(client *centrifuge.Client) {
		client.OnSubscribe(func(_ centrifuge.SubscribeEvent, reply centrifuge.SubscribeCallback) {
			reply(centrifuge.SubscribeReply{Options: centrifuge.SubscribeOptions{EnableRecovery: true}}, nil)
		})
	})
	if err := node.Run(); err != nil {
		return nil, err
	}
	return &centrifugeServer{node: node, Handler: centrifuge.NewWebsocketHandler(node, centrifuge.WebsocketConfig{
		ReadBufferSize: 1024, UseWriteBufferPool: true, ProcessCommandsOffReadLoop: true,
	})}, nil
}

func (s *centrifugeServer) deliver(_ context.Context, o order.Order, _ int64) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	_, err = s.node.Publish(o.Location, data, centrifuge.WithHistory(historySize, historyTime))
	return err
}

// watch: publishing stores in memory and sends in one.
func (s *centrifugeServer) watch(func(location string)) (cancel func()) { return func() {} }

func (s *centrifugeServer) position(location string) (wire.Cursor, error) {
	history, err := s.node.History(location, centrifuge.WithHistoryFilter(centrifuge.HistoryFilter{Limit: 0}))
	return wire.Cursor{Epoch: history.Epoch, Sequence: history.Offset}, err
}

func (s *centrifugeServer) close() error { return s.node.Shutdown(context.Background()) }
