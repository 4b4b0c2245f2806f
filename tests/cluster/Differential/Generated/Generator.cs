using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace GopherMesh.Tests.Cluster.Differential.Generated;

/// <summary>Configurations from a seed, and what is smaller than one: both are FsCheck's.</summary>
internal static partial class Generator
{
    /// <summary>How many requests a configuration gets.</summary>
    public const int Requests = 30;

    /// <summary>How many different requests it gets where chance decides, each <see cref="Answers.Repetitions"/> times.</summary>
    private const int RepeatedRequests = 4;

    /// <summary>FsCheck's measure of how large a value may grow; its own default.</summary>
    private const int Size = 50;

    // Reflection finds the arrays of a draft; a piece is kept or left out, and never changed.
    private static readonly Func<Draft, IEnumerable<Draft>> Smaller =
        ArbMap.Default.MergeArb(Arb.From(Gen.Constant(new Piece("")))).ArbFor<Draft>().Shrinker;

    /// <summary>The same configurations for the same seed.</summary>
    public static Draft[] Of(ulong seed, int count) => Drafts().Sample(count, new Rnd(seed), Size);

    /// <summary>
    /// The same for the same seed: configurations that delegate. They are drawn apart, because a draw more would change what
    /// <c>Of</c> makes of a seed whose answers are recorded.
    /// </summary>
    public static Draft[] Delegating(ulong seed, int count) => DelegatingDrafts().Sample(count, new Rnd(seed), Size);

    /// <summary>Half of them delegate.</summary>
    public static Draft[] OfBothKinds(ulong seed, int count) => [.. Of(seed, count - (count / 2)), .. Delegating(seed, count / 2)];

    /// <summary>Configurations that are smaller by one step, the smallest first; as many requests go to them.</summary>
    public static IEnumerable<Draft> SmallerThan(Draft draft) => Smaller(draft).Where(smaller => smaller.Probes.Length == draft.Probes.Length);

    private static Gen<Draft> Drafts() => Drafts(Many(VirtualServices(Routes()), (6, 1), (3, 2), (1, 3)));

    private static Gen<Draft> DelegatingDrafts() =>
        from draft in Drafts(Many(VirtualServices(Gen.Frequency((3, RootRoutes()), (1, Routes()))), (3, 1), (1, 2)))
        from delegates in Many(Delegates(), (1, 0), (4, 1), (4, 2), (2, 3))
        let whole = draft with { Delegates = [.. delegates.DistinctBy(leaf => leaf.Place)] }
        select Asked(whole);

    private static Gen<Draft> Drafts(Gen<VirtualServiceDraft[]> services) =>
        from virtualServices in services
        from gateways in Many(Gateways(), (3, 0), (4, 1))
        from targets in Many(Of(Pieces.Services), (1, 0), (2, 1))
        from rules in Many(Of(Pieces.Rules), (1, 0), (1, 1))
        from probes in Gen.ArrayOf(Probes([.. virtualServices.SelectMany(service => service.Hosts.Select(One))]), Requests)
        select Asked(new Draft(virtualServices, [], gateways, targets, rules, probes));

    /// <summary>A configuration with the requests that fit what it leaves to chance.</summary>
    private static Draft Asked(Draft draft)
    {
        var asked = draft.HasChance ? draft with { Probes = [.. draft.Probes.Take(RepeatedRequests)] } : draft;
        return draft.HasMirror ? asked with { Probes = [.. asked.Probes.Select(WithoutOrder)] } : asked;
    }

    /// <summary>Which of a request and its copy comes first to a version is left to chance, and so which of them fails first.</summary>
    private static ProbeDraft WithoutOrder(ProbeDraft probe) =>
        probe with { Headers = [.. probe.Headers.Where(header => !header.Text.StartsWith(Pieces.FailFirst, StringComparison.Ordinal))] };

    private static Gen<VirtualServiceDraft> VirtualServices(Gen<RouteDraft> route) =>
        from hosts in Many(Of(Pieces.Hosts), (4, 1), (2, 2))
        from gateways in Gen.Elements(Pieces.Gateways)
        from routes in Many(route, (2, 1), (3, 2), (2, 3), (1, 4))
        select new VirtualServiceDraft([.. hosts.DistinctBy(host => host.Text)], Texts(gateways), routes);

    private static Gen<RouteDraft> Routes() =>
        from matches in Many(Matches(), (3, 0), (5, 1), (2, 2))
        from action in Gen.Frequency((5, Single()), (2, Split()), (1, Of(Pieces.Replies)))
        from policies in Policies(action)
        select new RouteDraft(matches, action, policies);

    /// <summary>Nothing of a route that delegates is left to chance: its delegate's routes may be, and of one request one thing is.</summary>
    private static Gen<RouteDraft> RootRoutes() =>
        from matches in Many(CoveringMatches(), (3, 0), (5, 1), (2, 2))
        from action in Of(Pieces.Delegations)
        from policies in OneOfEach(Pieces.Policies, 0.15)
        select new RouteDraft(matches, action, policies);

    private static Gen<DelegateDraft> Delegates() =>
        from place in Of(Pieces.DelegatePlaces)
        from options in Many(Of(Pieces.DelegateOptions), (2, 0), (1, 1))
        from routes in Many(Gen.Frequency((1, Routes()), (2, LeafRoutes())), (2, 1), (3, 2), (2, 3))
        select new DelegateDraft(place, options, routes);

    private static Gen<RouteDraft> LeafRoutes() =>
        from matches in Many(CoveringMatches(), (2, 0), (5, 1), (2, 2))
        from route in Routes()
        select route with { Matches = matches };

    /// <summary>Half have a condition for the path, and few of the others, so that a delegate's are covered by its root's about as often as not.</summary>
    private static Gen<MatchDraft> CoveringMatches() =>
        from uri in OneOfEach(Pieces.Conditions[..1], 0.5)
        from others in OneOfEach(Pieces.Conditions[1..], 0.08)
        select new MatchDraft([.. uri, .. others]);

    private static Gen<MatchDraft> Matches() =>
        from conditions in OneOfEach(Pieces.Conditions, 0.18)
        select new MatchDraft(conditions);

    private static Gen<Piece> Single() =>
        from destination in Gen.Elements(Pieces.Destinations)
        from headers in Gen.Elements(Pieces.DestinationHeaders)
        select new Piece($"route: [{{ {headers} destination: {destination} }}]");

    private static Gen<Piece> Split() =>
        from one in Gen.Elements(Pieces.Destinations)
        from other in Gen.Elements(Pieces.Destinations)
        from headers in Gen.Elements(Pieces.DestinationHeaders)
        from weights in Gen.Elements(Pieces.Weights)
        select new Piece(
            $"route: [{{ destination: {one}, {weights.One} }}, {{ {headers} destination: {other}, {weights.Other} }}]".Replace(", }", " }", StringComparison.Ordinal),
            weights.IsChance);

    /// <summary>An answer of the proxy rarely has more than headers, since istiod denies most else; a route has one choice by chance at most.</summary>
    private static Gen<Piece[]> Policies(Piece action)
    {
        var policies = OneOfEach(Pieces.Policies, 0.25);
        var isReply = !action.Text.StartsWith("route", StringComparison.Ordinal);
        return (isReply, action.IsChance) switch
        {
            (true, _) => Gen.Frequency((1, policies), (5, policies.Select(drawn => drawn.Where(piece => Field(piece) == "headers").ToArray()))),
            (_, true) => policies,
            _ => Gen.Frequency((8, policies), (1, WithChance(policies))),
        };
    }

    private static Gen<Piece[]> WithChance(Gen<Piece[]> policies) =>
        from drawn in policies
        from chance in Gen.Elements(Pieces.Chances)
        let piece = new Piece(chance, IsChance: true)
        select (Piece[])[.. drawn.Where(other => Field(other).TrimEnd('s') != Field(piece).TrimEnd('s')), piece];

    private static Gen<GatewayDraft> Gateways() =>
        from servers in Many(Servers(), (4, 1), (2, 2))
        select new GatewayDraft(servers);

    private static Gen<ServerDraft> Servers() =>
        from port in Of("80", "80", "80", "443")
        from hosts in Many(Of(Pieces.ServerHosts), (3, 1), (1, 2))
        from options in Many(Of("tls: { httpsRedirect: true }"), (5, 0), (1, 1))
        select new ServerDraft(port, [.. hosts.DistinctBy(host => host.Text)], options);

    /// <summary>Most go to one of the hosts that the VirtualServices have.</summary>
    private static Gen<ProbeDraft> Probes(Piece[] hosts) =>
        from entry in Of(Pieces.Entries)
        from host in Gen.Frequency((3, Gen.Elements(hosts)), (1, Of(entry.Text[0] == 'G' ? Pieces.GatewayHosts : Pieces.ProbeHosts)))
        from line in Of(Pieces.Lines)
        from headers in OneOfEach(Pieces.Headers, 0.1)
        from slow in Many(Of(Pieces.Slow), (30, 0), (1, 1))
        select new ProbeDraft(
            entry, host, line, [.. headers, .. slow], line.Text.StartsWith('P') ? Texts("a=1") : []);

    /// <summary>Of each line of a table a text, with a probability.</summary>
    private static Gen<Piece[]> OneOfEach(string[][] table, double probability)
    {
        var (taken, all) = ((int)(probability * 100), 100);
        return Gen.CollectToArray(table, line => Gen.Frequency((all - taken, Gen.Constant<Piece[]>([])), (taken, Of(line).Select(piece => (Piece[])[piece]))))
            .Select(lines => lines.SelectMany(line => line).ToArray());
    }

    private static Gen<T[]> Many<T>(Gen<T> one, params (int Weight, int Count)[] counts) =>
        Gen.Frequency([.. counts.Select(count => (count.Weight, Gen.ArrayOf(one, count.Count)))]);

    private static Gen<Piece> Of(params string[] texts)
    {
        var odd = texts.ToLookup(text => text[0] == Pieces.Odd, text => new Piece(text.TrimStart(Pieces.Odd)));
        var usual = Gen.Elements<Piece>([.. odd[false]]);
        return odd.Contains(true) ? Gen.Frequency((30, usual), (1, Gen.Elements<Piece>([.. odd[true]]))) : usual;
    }

    private static Piece[] Texts(params string[] texts) => [.. texts.Select(text => new Piece(text))];

    /// <summary>A host of those that one with a wildcard stands for.</summary>
    private static Piece One(Piece host) => new(host.Text.Replace("*", "z", StringComparison.Ordinal).Trim('\''));

    private static string Field(Piece piece) => FieldName().Match(piece.Text).Value;

    [GeneratedRegex("^[a-zA-Z]+")]
    private static partial Regex FieldName();
}
