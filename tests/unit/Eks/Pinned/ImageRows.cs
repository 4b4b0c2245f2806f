namespace GopherMesh.Tests.Unit.Eks.Pinned;

/// <summary>The image repositories and what publishes into them.</summary>
internal static class ImageRows
{
    private const string Repository = "Repository gopher-distributor";
    private const string Lifecycle = "LifecyclePolicy gopher-distributor";
    private const string Command = "Command gopher-distributor-image";

    public static TheoryData<string, string, string> All => new()
    {
        { Repository, "name", "\"gopher-mesh-dev/gopher-distributor\"" },
        { Repository, "imageTagMutability", "\"IMMUTABLE_WITH_EXCLUSION\"" },

        // The tags that the SDK gives to architectures, and no other: what they name is replaced when an interrupted push is repeated.
        {
            Repository, "imageTagMutabilityExclusionFilters",
            """[{"filter":"src-*-linux-x64","filterType":"WILDCARD"},{"filter":"src-*-linux-arm64","filterType":"WILDCARD"}]"""
        },
        { Repository, "imageScanningConfiguration", """{"scanOnPush":true}""" },
        {
            Repository, "encryptionConfigurations",
            """[{"encryptionType":"KMS","kmsKey":"arn:aws:kms:ap-southeast-2:123456789012:cluster"}]"""
        },
        { Repository, "forceDelete", "true" },
        { Lifecycle, "repository", "\"gopher-distributor\"" },
        {
            Lifecycle, "policy.rules[0].selection",
            """{"tagStatus":"untagged","countType":"sinceImagePushed","countUnit":"days","countNumber":7}"""
        },
        {
            Lifecycle, "policy.rules[1].selection",
            """{"tagStatus":"any","countType":"imageCountMoreThan","countNumber":300}"""
        },
        { Lifecycle, "policy.rules[1].action", """{"type":"expire"}""" },
        { Command, "create", "\"Images/publish-image.sh\"" },
        { Command, "interpreter", """["bash"]""" },

        // Its output is the digest alone, and what goes wrong is on standard error; the token is in neither.
        { Command, "logging", "\"stderr\"" },
        { Command, "environment.PROJECT", "\"apps/gopher-distributor/GopherDistributor.csproj\"" },
        { Command, "environment.REGISTRY", "\"123456789012.dkr.ecr.ap-southeast-2.amazonaws.com\"" },
        { Command, "environment.REPOSITORY", "\"gopher-distributor\"" },
        { Command, "environment.AWS_REGION", "\"ap-southeast-2\"" },
        { Command, "environment.PROFILE", "\"team\"" },
    };
}
