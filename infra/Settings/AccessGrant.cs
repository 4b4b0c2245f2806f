using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>One IAM principal's access to the cluster.</summary>
/// <param name="PrincipalArn">The ARN of an IAM role or user.</param>
/// <param name="Policy">The EKS access policy, by its name in AWS.</param>
/// <param name="Namespaces">The namespaces that it is limited to; empty means the whole cluster.</param>
public sealed partial record AccessGrant(string PrincipalArn, string Policy, IReadOnlyList<string> Namespaces)
{
    /// <summary>The entry by which the nodes join the cluster; the stack writes it itself.</summary>
    public const string NodesEntry = "nodes";

    private const string Form = """use {"principalArn": "arn:aws:iam::123456789012:role/team", "policy": "view", "namespaces": ["gophers"]}; namespaces is optional""";

    /// <summary>The access policies that can be named (EKS user guide, "access-policy-permissions").</summary>
    private static readonly ImmutableSortedDictionary<string, string> Policies = new Dictionary<string, string>
    {
        ["clusterAdmin"] = "AmazonEKSClusterAdminPolicy",
        ["admin"] = "AmazonEKSAdminPolicy",
        ["edit"] = "AmazonEKSEditPolicy",
        ["view"] = "AmazonEKSViewPolicy",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly string[] Members = ["principalArn", "policy", "namespaces"];

    /// <inheritdoc/>
    public bool Equals(AccessGrant? other) =>
        other is not null && PrincipalArn == other.PrincipalArn && Policy == other.Policy && Namespaces.SequenceEqual(other.Namespaces);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(PrincipalArn, Policy, Namespaces.Count);

    /// <summary>The grants by the name of their entry, or what is wrong with each entry.</summary>
    internal static Parsed<IReadOnlyDictionary<string, AccessGrant>> ParseAll(string text)
    {
        if (Json.TryParse(text) is not JsonObject entries)
        {
            return new Problem($"use a map of names to accesses: {Form}");
        }

        var problems = entries.SelectMany(entry => Problems(entry.Key, entry.Value)).ToImmutableArray();
        return problems.IsEmpty
            ? new(entries.ToImmutableSortedDictionary(entry => entry.Key, entry => Grant((JsonObject)entry.Value!), StringComparer.Ordinal), [])
            : new(ImmutableSortedDictionary<string, AccessGrant>.Empty, problems);
    }

    private static AccessGrant Grant(JsonObject entry) => new(
        entry["principalArn"]!.GetValue<string>(),
        Policies[entry["policy"]!.GetValue<string>()],
        [.. NamespaceNodes(entry).Select(name => name!.GetValue<string>())]);

    private static IEnumerable<Problem> Problems(string name, JsonNode? node)
    {
        var member = $".{name}";
        if (EntryName(name) is { } remedy)
        {
            yield return new Problem($"rename the entry: {remedy}", member, name);
        }

        if (node is not JsonObject entry || entry.Any(pair => !Members.Contains(pair.Key)))
        {
            yield return new Problem(Form, member, node?.ToJsonString() ?? "null");
            yield break;
        }

        if (Json.AsString(entry["principalArn"]) is not { } arn || !PrincipalPattern().IsMatch(arn))
        {
            yield return new Problem(
                "use the ARN of an IAM role or user, such as arn:aws:iam::123456789012:role/team (not of a session)",
                $"{member}.principalArn", Found(entry["principalArn"]));
        }

        if (Json.AsString(entry["policy"]) is not { } policy || !Policies.ContainsKey(policy))
        {
            yield return new Problem($"use one of {string.Join(", ", Policies.Keys)}", $"{member}.policy", Found(entry["policy"]));
        }

        if (entry["namespaces"] is not (null or JsonArray) || NamespaceNodes(entry).Any(item => Json.AsString(item) is not { } label || NameRules.Label()(label) is not null))
        {
            yield return new Problem("use a list of names of namespaces", $"{member}.namespaces", Found(entry["namespaces"]));
        }
    }

    private static string? EntryName(string name) => name == NodesEntry ? "the nodes' own entry has this name" : NameRules.Label()(name);

    private static IEnumerable<JsonNode?> NamespaceNodes(JsonObject entry) => entry["namespaces"] as JsonArray ?? [];

    private static string Found(JsonNode? node) => Json.AsString(node) ?? node?.ToJsonString() ?? "";

    [GeneratedRegex(@"\Aarn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]{1,576}\z")]
    private static partial Regex PrincipalPattern();
}
