using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>What IAM's policies allow: no more than a service needs, and to nobody unnamed.</summary>
internal static class IamPolicies
{
    private static readonly string[] Reading = ["Describe", "List", "Get", "BatchGet", "Search", "View"];

    // What reads, and hands out secrets or data (checkov's data_exfiltration and credentials_exposure lists, as far as one account's services go).
    private static readonly string[] Secret =
    [
        "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath", "s3:GetObject", "rds:CopyDBSnapshot",
        "ecr:GetAuthorizationToken", "sts:GetFederationToken", "sts:GetSessionToken", "ec2:GetPasswordData", "lambda:GetFunction",
    ];

    private static readonly string[] Managed = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"];

    // Services that take a role for whoever names it to them, and whose guides ask for the account in its trust ("confused deputy"): the pages
    // flow-logs-iam-role, cross-service-confused-deputy-prevention of EKS, and those of the same name of the others. Not EC2, whose instances have the role.
    private static readonly string[] Deputies =
    [
        "vpc-flow-logs.amazonaws.com", "eks.amazonaws.com", "eks-fargate-pods.amazonaws.com", "logs.amazonaws.com", "firehose.amazonaws.com", "events.amazonaws.com",
        "scheduler.amazonaws.com", "states.amazonaws.com", "codebuild.amazonaws.com", "ssm.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com",
    ];

    private static readonly string[] Sources = ["aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths"];

    public static PolicyRule Trust { get; } = new(
        "role-trust", Severity.Error, "Only the principals that a role names may assume it, services for their own account alone.", stack => OfRoles(stack).Concat(OfDeputies(stack)))
    {
        Others = "checkov CKV_AWS_60, CKV_AWS_61",
    };

    public static PolicyRule Grants { get; } = new(
        "role-grants", Severity.Error, "A role's policy names its actions, and its resources or a condition.",
        stack => OfPolicies(stack).Concat(OfAttachments(stack)))
    {
        Others = "checkov CKV_AWS_62, CKV_AWS_63, CKV_AWS_274, CKV_AWS_286, CKV_AWS_287, CKV_AWS_288, CKV_AWS_289, CKV_AWS_290, CKV_AWS_355, CKV2_AWS_56",
    };

    /// <summary>Whether a policy of a resource allows something to any principal without a condition.</summary>
    public static bool IsForAnyone(JsonNode? policy) => Statements(policy).Any(statement =>
        statement.At("Condition") is null && OneOrMore(statement.At("Principal") is JsonObject named ? named["AWS"] ?? named["Service"] : statement.At("Principal")).Contains("*"));

    private static IEnumerable<Violation> OfRoles(RenderedStack stack) =>
        from role in stack.OfType("aws:iam/role:Role")
        where IsForAnyone(role.Inputs["assumeRolePolicy"])
        select new Violation(RenderedStack.NameOf(role), "assumeRolePolicy lets anybody assume it", "Name the service or the principals, or give a condition.");

    private static IEnumerable<Violation> OfDeputies(RenderedStack stack) =>
        from role in stack.OfType("aws:iam/role:Role")
        from statement in Statements(role.Inputs["assumeRolePolicy"])
        let deputy = OneOrMore(statement.At("Principal.Service")).Intersect(Deputies).FirstOrDefault()
        where deputy is not null && !(statement.At("Condition") as JsonObject ?? []).Any(test => test.Value is JsonObject keys && keys.Any(key => Sources.Contains(key.Key, StringComparer.OrdinalIgnoreCase)))
        select new Violation(RenderedStack.NameOf(role), $"{deputy} may assume it for any account that names it (confused deputy)", "Give the statement a condition on aws:SourceAccount.");

    private static IEnumerable<Violation> OfPolicies(RenderedStack stack) =>
        from resource in stack.Resources
        where resource.Type is "aws:iam/rolePolicy:RolePolicy" or "aws:iam/policy:Policy"
        from statement in Statements(resource.Inputs["policy"])
        let problem = Problem(statement)
        where problem is not null
        select new Violation(RenderedStack.NameOf(resource), problem, "Name the actions, and the resources or a condition.");

    private static string? Problem(JsonNode statement)
    {
        var actions = OneOrMore(statement.At("Action")).ToList();
        if (actions.Find(action => action == "*" || action.EndsWith(":*", StringComparison.Ordinal)) is { } all)
        {
            return $"it allows {all}";
        }

        return OneOrMore(statement.At("Resource")).Contains("*") && statement.At("Condition") is null && actions.Find(IsBounded) is { } free
            ? $"it allows {free} with every resource, and under no condition"
            : null;
    }

    private static bool IsBounded(string action) =>
        Secret.Contains(action, StringComparer.OrdinalIgnoreCase) || !Reading.Any(verb => action.Split(':')[^1].StartsWith(verb, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<Violation> OfAttachments(RenderedStack stack) =>
        from attachment in stack.OfType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        let policy = attachment.Inputs.Text("policyArn")?.Split('/')[^1]
        where Managed.Contains(policy)
        select new Violation(RenderedStack.NameOf(attachment), $"{policy} allows nearly everything", "Attach a policy with only the permissions that the service needs.");

    private static IEnumerable<JsonNode> Statements(JsonNode? policy)
    {
        var document = policy.AsText() is { } text ? Parsed(text) : policy;
        var statements = document.At("Statement") is JsonObject only ? [only] : document.Items("Statement");
        return statements.Where(statement => statement.Text("Effect") == "Allow");
    }

    // A policy that is not known before the deployment, or that is not a policy, is not judged.
    private static JsonNode? Parsed(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> OneOrMore(JsonNode? node) =>
        node is JsonArray items ? items.Select(JsonNodes.AsText).OfType<string>() : node.AsText() is { } one ? [one] : [];
}
