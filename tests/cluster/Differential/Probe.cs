using GopherMesh.Tests.Stub;

namespace GopherMesh.Tests.Cluster.Differential;

/// <summary>One request that goes to both sides, as it is written here.</summary>
internal sealed record Probe
{
    public string Method { get; init; } = "GET";
    public string Path { get; init; } = "/";

    /// <summary>The port that is dialled where a sidecar's application dials a Service.</summary>
    public int Port { get; init; } = 80;

    /// <summary>The host header; null for that of the case.</summary>
    public string? Host { get; init; }

    /// <summary>Lines, each <c>name: value</c>.</summary>
    public string[] Headers { get; init; } = [];

    public string Body { get; init; } = "";

    /// <summary>No answer comes earlier than so many milliseconds after the request was begun.</summary>
    public int AtLeast { get; init; }

    /// <summary>The host header: that of a case unless the probe has its own, with the port that is dialled, as clients write it.</summary>
    public string Authority(string host) => (Host ?? host) + (Port == 80 ? "" : $":{Port}");

    /// <summary>The request for who dials an address, with the host of a case, counted as <paramref name="id"/>.</summary>
    public Question To(string address, int port, string host, string id) =>
        new(address, port, Method, Path, [$"host: {Authority(host)}", $"{ReceivedRequests.CaseHeader}: {id}", .. Headers], Body);

    public override string ToString() =>
        $"{Method} {Path}{(Host is null ? "" : $" at {Host}")} {string.Join(", ", Headers)} {Body}".TrimEnd();
}

/// <summary>Where a request enters the mesh, and so which proxy's rules it meets.</summary>
public enum EntryPoint
{
    /// <summary>The gateway's port 80.</summary>
    Gateway,

    /// <summary>The gateway's other port, to which a load balancer passes what came by TLS.</summary>
    SecondPort,

    /// <summary>The sidecar of a pod in the namespace of what is asked, as the requester's is.</summary>
    Sidecar,

    /// <summary>The sidecar of a pod in another namespace.</summary>
    Elsewhere,
}
