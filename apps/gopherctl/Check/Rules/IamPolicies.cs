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

    // IAM user guide, "reference_policies_elements_condition_operators"; each may be for a set, and leave out what is not there.
    private static readonly string[] Operators =
    [
        "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike", "NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
        "NumericGreaterThan", "NumericGreaterThanEquals", "DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals", "Bool", "BinaryEquals", "IpAddress", "NotIpAddress",
        "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Null",
    ];

    private static readonly string[] Documents = ["assumeRolePolicy", "policy"];

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

    /// <summary>IAM refuses what it cannot read; what it reads otherwise than it is meant, a variable in an old version or a condition on another account, it takes.</summary>
    public static PolicyRule Language { get; } = new(
        "policy-language", Severity.Error, "A policy of IAM's is one that IAM reads as it is meant, and its conditions can hold.",
        stack => from resource in stack.Resources
                 where resource.Type.StartsWith("aws:", StringComparison.Ordinal) && !resource.Type.StartsWith("aws:ecr/lifecycle", StringComparison.Ordinal)
                 from input in Documents
                 let text = resource.Inputs.Text(input)
                 where text is not null && text != Program.Evaluation.DeclaredResource.Secret
                 from problem in Faults(stack, text, isTrust: input == Documents[0]).Distinct()
                 select new Violation(RenderedStack.NameOf(resource), $"{input} {problem}", "Write what the IAM user guide has for it."));

    /// <summary>The actions by which a role lets a service assume it; null where its policy is not known.</summary>
    public static IReadOnlyList<string>? Trusted(Program.Evaluation.DeclaredResource role, string service) =>
        role.Inputs["assumeRolePolicy"] is not { } policy || (policy.AsText() is { } text && Parsed(text) is null) ? null
        : [.. Statements(policy).Where(statement => OneOrMore(statement.At("Principal.Service")).Any(name => name == $"{service}.amazonaws.com" || name == $"{service}.amazonaws.com.cn")).SelectMany(statement => OneOrMore(statement.At("Action")))];

    /// <summary>A policy; null where it is not known before the deployment, or not JSON.</summary>
    public static JsonNode? Parsed(string text)
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

    /// <summary>Whether one of some policies allows an action with a resource, and none denies it; a policy that is not known may.</summary>
    public static bool Allow(IReadOnlyList<JsonNode?> policies, string action, string resource)
    {
        bool Has(string effect) => policies.SelectMany(policy => Statements(policy, effect)).Any(statement => OneOrMore(statement.At("Action")).Any(pattern => IsLike(pattern, action)) && OneOrMore(statement.At("Resource")).Any(pattern => IsLike(pattern, resource)));
        return policies.Any(policy => policy.AsText() is { } text && Parsed(text) is null) || (Has("Allow") && !Has("Deny"));
    }

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
        where deputy is not null && !Tests(statement).Any(test => Sources.Contains(test.Key, StringComparer.OrdinalIgnoreCase) && !OneOrMore(test.Value).Contains("*"))
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
        if (statement.At("NotAction") is not null || statement.At("NotResource") is not null)
        {
            return "it allows all but what it names";
        }

        var actions = OneOrMore(statement.At("Action")).ToList();
        if (actions.Find(action => action == "*" || action.EndsWith(":*", StringComparison.Ordinal)) is { } all)
        {
            return $"it allows {all}";
        }

        return OneOrMore(statement.At("Resource")).Contains("*") && Tests(statement).All(test => OneOrMore(test.Value).Contains("*")) && actions.Find(IsBounded) is { } free
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

    private static IEnumerable<string> Faults(RenderedStack stack, string text, bool isTrust)
    {
        if (Parsed(text) is not { } document)
        {
            return ["is not JSON"];
        }

        var version = document.Text("Version");
        var statements = document.At("Statement") is JsonObject only ? [only] : document.Items("Statement").ToList();
        var faults = statements.SelectMany(statement => Faults(stack, statement, isTrust));
        return version is not null and not "2012-10-17" and not "2008-10-17" ? faults.Append($"has the version {version}, which there is not")
            : statements.Count == 0 ? faults.Append("has no statement")
            : version != "2012-10-17" && text.Contains("${", StringComparison.Ordinal) ? faults.Append($"has a variable, which is plain text in the version {version ?? "2008-10-17, which it has without one"}")
            : faults;
    }

    private static IEnumerable<string> Faults(RenderedStack stack, JsonNode statement, bool isTrust) =>
        (statement.Text("Effect") is "Allow" or "Deny" ? [] : (string[])[$"has the effect {statement.Text("Effect") ?? "that is not named"}"])
            .Concat(statement.At("Action") is null && statement.At("NotAction") is null ? ["has a statement without an action"] : [])
            .Concat(OneOrMore(statement.At("Action")).Where(action => action != "*" && (action.Split(':') is not [{ Length: > 0 }, { Length: > 0 }] || (isTrust && !action.StartsWith("sts:", StringComparison.OrdinalIgnoreCase)))).Select(action => $"has the action {action}, which there is not{(isTrust ? " in a trust policy" : "")}"))
            .Concat(OneOrMore(statement.At("Resource")).Where(resource => resource != "*" && !resource.StartsWith("arn:", StringComparison.Ordinal)).Select(resource => $"has the resource {resource}, which is no ARN"))
            .Concat(OneOrMore(statement.At("Principal.Service")).Where(service => !service.EndsWith(".amazonaws.com", StringComparison.Ordinal) && !service.EndsWith(".amazonaws.com.cn", StringComparison.Ordinal)).Select(service => $"trusts {service}, which is no service of AWS'"))
            .Concat((statement.At("Condition") as JsonObject ?? []).Where(test => !Operators.Contains(test.Key.Split(':')[^1].Replace("IfExists", "", StringComparison.Ordinal))).Select(test => $"has a condition by {test.Key}, which there is not"))
            .Concat(Tests(statement).Where(test => test.Key.Equals(Sources[0], StringComparison.OrdinalIgnoreCase) && !OneOrMore(test.Value).Any(account => account.Contains('*', StringComparison.Ordinal) || Accounts(stack).Contains(account)))
                .Select(test => $"lets nobody assume the role but for the account {string.Join(", ", OneOrMore(test.Value))}, which is not the stack's"));

    // That of the evaluation, and those that the provider may use.
    private static IEnumerable<string> Accounts(RenderedStack stack) => stack.OfType("pulumi:providers:aws").SelectMany(provider => (provider.Inputs.Text("allowedAccountIds") is { } text ? Parsed(text) : provider.Inputs["allowedAccountIds"]) is { } ids ? OneOrMore(ids) : [])
        .Append(Program.Evaluation.ProviderAnswers.Account);

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Tests(JsonNode statement) => (statement.At("Condition") as JsonObject ?? []).SelectMany(test => test.Value as JsonObject ?? []);

    private static bool IsLike(string pattern, string text) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern.Replace("\\", "\\\\", StringComparison.Ordinal), text);

    private static IEnumerable<JsonNode> Statements(JsonNode? policy, string effect = "Allow")
    {
        var document = policy.AsText() is { } text ? Parsed(text) : policy;
        var statements = document.At("Statement") is JsonObject only ? [only] : document.Items("Statement");
        return statements.Where(statement => statement.Text("Effect") == effect);
    }


    private static IEnumerable<string> OneOrMore(JsonNode? node) =>
        node is JsonArray items ? items.Select(JsonNodes.AsText).OfType<string>() : node.AsText() is { } one ? [one] : [];
}
