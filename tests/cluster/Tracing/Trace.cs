using GopherMesh.Tests.Instruments;

namespace GopherMesh.Tests.Cluster.Tracing;

/// <summary>The spans that one request left.</summary>
/// <param name="Caller">What the request called its caller, by which it is told from others: the header <c>user-agent</c>.</param>
/// <param name="Spans">All spans of its trace, in no order.</param>
internal sealed record Trace(string Caller, IReadOnlyList<Span> Spans)
{
    private const string Gateway = "proxy of istio-ingressgateway";

    // Below the gateway's; it has one of its own for what it calls, or not, by Istio's version.
    private static readonly string[] WholeWay =
    [
        "proxy of gopher-requester, server", "gopher-requester, server", "gopher-requester, client", "proxy of gopher-requester, client",
        "proxy of gopher-distributor, server", "gopher-distributor, server",
    ];

    /// <summary>One trace for each caller whose first span, that of a proxy, arrived.</summary>
    public static IReadOnlyList<Trace> Of(IReadOnlyList<Span> spans, Func<string, bool> isCaller)
    {
        var traces = spans.ToLookup(span => span.TraceId);
        return
        [
            .. from span in spans
               where IsProxys(span)
               let caller = span.Attributes.GetValueOrDefault("user_agent", "")
               where isCaller(caller)
               group span.TraceId by caller into request
               from trace in request.Distinct()
               select new Trace(request.Key, [.. traces[trace]]),
        ];
    }

    /// <summary>The spans from the root to the distributor's own, each the parent of the next; empty where there is no such way.</summary>
    public IReadOnlyList<Span> Way
    {
        get
        {
            List<Span> way = [];
            for (var span = Spans.FirstOrDefault(span => Describe(span) == WholeWay[^1]); span is not null; span = Parent(span))
            {
                way.Insert(0, span);
            }

            return way is [{ ParentId: "" }, ..] ? way : [];
        }
    }

    /// <summary>
    /// Whether it has one root, the gateway's, and from there every proxy's and every service's span, each below the one before, and
    /// no other span.
    /// </summary>
    public bool IsWhole =>
        Way is { Count: > 0 } way
        && way.Count == Spans.Count
        && way.TakeWhile(span => Who(span) == Gateway).Count() is > 0 and var atGateway
        && way.Skip(atGateway).Select(Describe).SequenceEqual(WholeWay);

    public override string ToString() =>
        $"{Caller}, trace {Spans[0].TraceId}:\n"
        + string.Join('\n', Spans.Select(span => $"  {span.Id} below {span.ParentId,16} {Describe(span)}: {span.Name}"));

    /// <summary>Whether a proxy reported the span, and not the gopher beside it, whose name it has.</summary>
    public static bool IsProxys(Span span) => span.Attributes.GetValueOrDefault("component") == "proxy";

    private Span? Parent(Span span) => Spans.FirstOrDefault(other => other.Id == span.ParentId);

    private static string Describe(Span span) => $"{Who(span)}, {span.Kind.ToString().ToLowerInvariant()}";

    // The stack tells proxies to use the canonical name; Istio's default adds the namespace: gopher-requester.gophers.
    private static string Who(Span span) => IsProxys(span) ? $"proxy of {span.Service.Split('.')[0]}" : span.Service;
}
