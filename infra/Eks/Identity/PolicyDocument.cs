using System.Text.Json;
using System.Text.Json.Serialization;
using GopherMesh.Infra.Settings;
using Pulumi;

namespace GopherMesh.Infra.Eks.Identity;

/// <summary>An IAM policy as JSON, always with its keys in the same order, so that an unchanged policy does not show as a change.</summary>
internal sealed record PolicyDocument(IReadOnlyList<PolicyStatement> Statement)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        // Does not escape the * of an ARN or the ${} of a variable, so that they stay readable.
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    [JsonPropertyOrder(-1)]
    public string Version { get; } = "2012-10-17";

    public override string ToString() => JsonSerializer.Serialize(this, Json);

    /// <summary>One statement that allows some actions on one resource.</summary>
    public static string Allowing(IReadOnlyList<string> actions, string resource) =>
        new PolicyDocument([new() { Action = actions, Resource = resource }]).ToString();
}

/// <summary>One statement that allows something; the condition's keys are operator, then condition key (IAM user guide, "reference_policies_elements").</summary>
internal sealed record PolicyStatement
{
    public string Effect { get; } = "Allow";

    public required IReadOnlyList<string> Action { get; init; }

    public string? Resource { get; init; }

    public IReadOnlyDictionary<string, string>? Principal { get; init; }

    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? Condition { get; init; }
}

/// <summary>Who may assume a role.</summary>
internal static class TrustPolicy
{
    /// <summary>
    /// Lets EC2 take on the role for its instances. Without a condition: EC2 takes on a role for an instance of the role's own account alone, and
    /// names no source.
    /// </summary>
    public static string ForInstances() => Of("ec2.amazonaws.com", [], condition: null);

    /// <summary>Lets one AWS service take on the role on behalf of one account, and so of nobody else (IAM user guide, "confused-deputy").</summary>
    /// <param name="service">The service's principal, one that names its source: EKS (EKS user guide, "cross-service-confused-deputy-prevention") or flow logs (VPC user guide, "flow-logs-iam-role").</param>
    /// <param name="accountOf">The ARN of a resource of the account.</param>
    /// <param name="actions">What it may do besides <c>sts:AssumeRole</c>.</param>
    public static Output<string> For(string service, Output<string> accountOf, params IReadOnlyList<string> actions) => accountOf.Apply(arn => Of(
        service,
        actions,
        new Dictionary<string, IReadOnlyDictionary<string, string>>
        {
            ["StringEquals"] = new Dictionary<string, string> { ["aws:SourceAccount"] = AwsCredentials.AccountOf(arn) },
        }));

    private static string Of(string service, IReadOnlyList<string> actions, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>>? condition) =>
        new PolicyDocument(
        [
            new() { Action = ["sts:AssumeRole", .. actions], Principal = new Dictionary<string, string> { ["Service"] = service }, Condition = condition },
        ]).ToString();
}
