using System.Net;
using System.Net.Sockets;

namespace GopherMesh.Gopherctl.Rehearse.Pods;

/// <summary>
/// Free ports of 127.0.0.1 for the pods, below the range from which systems take the local ports of connections: one of thousands of
/// requests could otherwise sit on the port that a pod is about to listen on.
/// </summary>
internal sealed class LoopbackPorts
{
    private const int First = 20_000;
    private const int Count = 10_000;

    private readonly Lock _lock = new();
    private int _next = Random.Shared.Next(Count);

    /// <summary>A port on which nothing listens now, and that is not given again soon.</summary>
    public int Take()
    {
        lock (_lock)
        {
            for (var attempt = 0; attempt < Count; attempt++)
            {
                var port = First + (_next++ % Count);
                if (IsFree(port))
                {
                    return port;
                }
            }
        }

        throw new InvalidOperationException($"no port of 127.0.0.1 from {First} to {First + Count - 1} is free");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
