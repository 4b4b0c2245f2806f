namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>
/// A routing configuration as it was generated, and the requests that go to it: arrays of texts, so that FsCheck makes it smaller by leaving
/// out what an array holds. In texts <c>{name}</c> stands for the name of the configuration, which is new for each run.
/// </summary>
internal sealed record Draft(
    VirtualServiceDraft[] VirtualServices, GatewayDraft[] Gateways, Piece[] Services, Piece[] Rules, ProbeDraft[] Probes)
{
    /// <summary>Whether a choice by chance can change an answer, so that each request is sent several times.</summary>
    public bool HasChance => VirtualServices.Any(service => service.Routes.Any(route => route.All().Any(piece => piece.IsChance)));

    /// <summary>Whether answers may be delayed.</summary>
    public bool HasDelay => HasPolicy("fixedDelay");

    /// <summary>Whether requests may be copied.</summary>
    public bool HasMirror => HasPolicy("mirror");

    private bool HasPolicy(string text) => VirtualServices.Any(service => service.Routes.Any(route =>
        route.Policies.Any(policy => policy.Text.Contains(text, StringComparison.Ordinal))));
}

/// <summary>What is kept or left out as it is: a field in YAML's flow style, a host, a header line.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsChance">A draw decides what it does; each of the possible outcomes comes at least one time in four.</param>
internal sealed record Piece(string Text, bool IsChance = false)
{
    public override string ToString() => Text;
}

/// <summary>An HTTPMatchRequest: each condition is one of its fields.</summary>
internal sealed record MatchDraft(Piece[] Conditions);

/// <summary>An HTTPRoute: the action is its route, redirect or directResponse, each policy is another of its fields.</summary>
internal sealed record RouteDraft(MatchDraft[] Matches, Piece Action, Piece[] Policies)
{
    public IEnumerable<Piece> All() => [Action, .. Policies];
}

/// <summary>A VirtualService.</summary>
internal sealed record VirtualServiceDraft(Piece[] Hosts, Piece[] Gateways, RouteDraft[] Routes);

/// <summary>A Gateway.</summary>
internal sealed record GatewayDraft(ServerDraft[] Servers);

/// <summary>A server of a Gateway: its port's number, its hosts, and other fields.</summary>
internal sealed record ServerDraft(Piece Port, Piece[] Hosts, Piece[] Options);

/// <summary>A request.</summary>
/// <param name="Entry">An <see cref="EntryPoint"/>, and the port where a sidecar's application dials a Service: <c>Sidecar 80</c>.</param>
/// <param name="Host">The host header.</param>
/// <param name="Line">The method and the path.</param>
/// <param name="Headers">Header lines.</param>
/// <param name="Body">None or one.</param>
internal sealed record ProbeDraft(Piece Entry, Piece Host, Piece Line, Piece[] Headers, Piece[] Body)
{
    public EntryPoint EntryPoint => Enum.Parse<EntryPoint>(Entry.Text.Split(' ')[0]);

    public Probe Named(string name) => new()
    {
        Port = int.Parse(Entry.Text.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture),
        Host = Writing.Named(Host, name),
        Method = Line.Text.Split(' ')[0],
        Path = Line.Text.Split(' ')[1],
        Headers = [.. Headers.Select(header => Writing.Named(header, name))],
        Body = string.Concat(Body.Select(piece => piece.Text)),
    };

    public override string ToString() => $"{Entry} {Line} host: {Host} {string.Join(", ", [.. Headers, .. Body])}".TrimEnd();
}
