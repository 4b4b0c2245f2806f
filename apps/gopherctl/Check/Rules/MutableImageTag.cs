using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>An image is the same for every pod, today and after a rollback: its tag cannot be given to another one.</summary>
internal static class MutableImageTag
{
    private const string Remedy = "Name a tag that is used once, or a digest (IMAGE@sha256:...).";

    public static PolicyRule Rule { get; } = new(
        "mutable-image-tag", Severity.Error, "What an image's tag names never changes.",
        stack => OfRepositories(stack).Concat(OfManifests(stack)).Concat(OfCharts(stack)))
    {
        Others = "kube-score container-image-tag; kube-linter latest-tag; checkov CKV_K8S_14, CKV_AWS_51",
    };

    private static IEnumerable<Violation> OfRepositories(RenderedStack stack) =>
        from repository in stack.OfType("aws:ecr/repository:Repository")
        let problem = ProblemOfTags(repository.Inputs)
        where problem is not null
        select new Violation(
            RenderedStack.NameOf(repository), problem,
            "Set imageTagMutability to IMMUTABLE, or to IMMUTABLE_WITH_EXCLUSION with filters for those tags alone that no pod names.");

    private static string? ProblemOfTags(JsonObject repository) => repository.Text("imageTagMutability") switch
    {
        "IMMUTABLE" => null,
        "IMMUTABLE_WITH_EXCLUSION" => Filters(repository).FirstOrDefault(filter => filter.All(letter => letter == '*')) is { } all
            ? $"imageTagMutabilityExclusionFilters has {all}, which excepts every tag"
            : Filters(repository).Any() ? null : "imageTagMutability is IMMUTABLE_WITH_EXCLUSION, without imageTagMutabilityExclusionFilters: ECR refuses it",
        var mutability => $"imageTagMutability is {mutability ?? "not set, which means MUTABLE"}",
    };

    private static IEnumerable<string> Filters(JsonObject repository) =>
        repository["imageTagMutabilityExclusionFilters"] is JsonArray filters
            ? filters.OfType<JsonObject>().Select(filter => filter.Text("filter")).OfType<string>()
            : [];

    private static IEnumerable<Violation> OfManifests(RenderedStack stack) =>
        from container in Pods.In(stack).SelectMany(pods => pods.Containers)
        let image = container.Body.Text("image")
        where image is not null
        let problem = ImageReference.Problem(image)
        where problem is not null
        select container.Violation($"image {image}: {problem}", Remedy);

    private static IEnumerable<Violation> OfCharts(RenderedStack stack) =>
        from value in ChartValues.Named(stack, "image", "tag")
        let text = value.Node.AsText()
        where text is not null
        let problem = value.Name == "tag" ? ImageReference.ProblemOfTag(text) : ProblemOfName(text)
        where problem is not null
        select new Violation(value.Release, $"{value.Path} is {text}: {problem}", Remedy);

    // Of an image's name alone the chart makes a reference with a tag of its own.
    private static string? ProblemOfName(string image) =>
        image.Contains(':', StringComparison.Ordinal) ? ImageReference.Problem(image) : null;
}

/// <summary>Tells from an image's reference whether what it names can change.</summary>
internal static class ImageReference
{
    // Names that are given to one build after another, by convention.
    private static readonly HashSet<string> Moving = new(
        ["latest", "dev", "devel", "develop", "main", "master", "head", "edge", "nightly", "canary", "snapshot", "stable", "test"],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>What is wrong with the reference; null where it names one image for good.</summary>
    public static string? Problem(string reference)
    {
        if (reference.Contains('@', StringComparison.Ordinal))
        {
            return null;
        }
        // A colon before the last slash is that of the registry's port.
        return reference.Split('/')[^1].Split(':') is [_, var tag] ? ProblemOfTag(tag) : "it has no tag, which means latest";
    }

    /// <summary>What is wrong with a tag; null where nothing speaks against it.</summary>
    public static string? ProblemOfTag(string tag) => Moving.Contains(tag) ? $"the tag {tag} is given to one build after another" : null;
}

/// <summary>What pods run of a repository for which the stack builds is what it builds: an image that nobody pushes is never pulled.</summary>
internal static class PublishedImages
{
    public static PolicyRule Rule { get; } = new(
        "unpublished-image", Severity.Error, "An image of a repository that the stack builds for is one that it builds.", OfPods);

    private static IEnumerable<Violation> OfPods(RenderedStack stack)
    {
        var built = Built(stack).ToList();
        return from container in Pods.In(stack).SelectMany(pods => pods.Containers)
               let image = container.Body.Text("image")
               where image is not null && built.Exists(build => image.StartsWith($"{build.Repository}:", StringComparison.Ordinal)) && !built.Exists(build => image == $"{build.Repository}:{build.Tag}")
               select container.Violation($"the stack does not build its image {image}, but {built.Find(build => image.StartsWith($"{build.Repository}:", StringComparison.Ordinal)).Tag}", "Name the tag that is built.");
    }

    private static IEnumerable<(string Repository, string Tag)> Built(RenderedStack stack) =>
        from command in stack.OfType("command:local:Command")
        let environment = command.Inputs.At("environment")
        where environment.Text("REGISTRY") is not null && environment.Text("REPOSITORY") is not null && environment.Text("TAG") is not null
        select ($"{environment.Text("REGISTRY")}/{environment.Text("REPOSITORY")}", environment.Text("TAG")!);
}

/// <summary>
/// What ECR deletes of its own: ECR refuses rules that it cannot order, and knows of no pod whether it still needs an image (ECR user guide, "lifecycle_policy_parameters").
/// </summary>
internal static class Lifecycles
{
    // A build is an index and an image for each architecture; those of ten builds are the current version, the canary, and some to go back to.
    private const long FewestImages = 30;

    private static readonly string[] States = ["tagged", "untagged", "any"];

    private static readonly string[] Counts = ["imageCountMoreThan", "sinceImagePushed", "sinceImagePulled", "sinceImageTransitioned"];

    /// <summary>What is wrong with the policies of a stack.</summary>
    public static IEnumerable<Violation> In(RenderedStack stack) =>
        from policy in stack.OfType("aws:ecr/lifecyclePolicy:LifecyclePolicy")
        let text = policy.Inputs.Text("policy")
        where text is not null
        from problem in Problems(IamPolicies.Parsed(text))
        select new Violation(RenderedStack.NameOf(policy), $"policy {problem}", $"Let images without a tag expire by age, then any above a number of {FewestImages} at least.");

    private static IEnumerable<string> Problems(JsonNode? policy)
    {
        var rules = policy.Items("rules").ToList();
        if (rules.Count == 0)
        {
            return ["has no rules, or is not JSON: every image is kept, and paid for, without end"];
        }

        var (states, last) = (rules.ConvertAll(rule => rule.Text("selection.tagStatus")), rules.Max(rule => rule.Number("rulePriority")));
        return rules.Select(rule => Problem(rule, rule.Number("rulePriority") == last)).OfType<string>()
            .Concat(rules.GroupBy(rule => rule.Number("rulePriority")).Where(same => same.Count() > 1).Select(same => $"has more than one rule of the priority {same.Key}: ECR refuses it"))
            .Concat(states.FindAll(state => state is "any" or "untagged").GroupBy(state => state).Where(same => same.Count() > 1).Select(same => $"has more than one rule for {same.Key} images: ECR refuses it"))
            .Concat(states.TrueForAll(state => state == "untagged") ? ["has no rule for images with a tag: they are kept, and paid for, without end"] : []);
    }

    private static string? Problem(JsonNode rule, bool isLast)
    {
        var (state, type, number, unit) = (rule.Text("selection.tagStatus"), rule.Text("selection.countType"), rule.Number("selection.countNumber"), rule.Text("selection.countUnit"));
        var names = rule.Items("selection.tagPrefixList").Concat(rule.Items("selection.tagPatternList")).Any();
        return !States.Contains(state) ? $"has tagStatus {state}, which there is not"
            : !Counts.Contains(type) ? $"has countType {type}, which there is not"
            : rule.Text("action.type") is not ("expire" or "transition") ? $"has the action {rule.Text("action.type")}, which there is not"
            : number is null or < 1 ? "has a rule without a countNumber above 0"
            : type == "imageCountMoreThan" != unit is null ? $"has countType {type} with {unit ?? "no countUnit"}: ECR refuses it"
            : state == "tagged" != names ? "has prefixes or patterns of tags for other images than tagged ones, or none for these: ECR refuses it"
            : state == "any" && !isLast ? "has a rule for any image before others: ECR refuses it, since nothing would be left to them"
            : state != "untagged" && type == "sinceImagePushed" ? "lets images with a tag expire by their age: one that runs is deleted, and its pods do not start again"
            : state != "untagged" && number < FewestImages ? $"keeps {number} images, and a build is three: one that runs may be deleted, and its pods do not start again"
            : null;
    }
}
