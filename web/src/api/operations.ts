// Written by `npm run operations` from schema.graphql and the .graphql files here: not by hand.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A bucket at Amazon. */
export type AmazonS3Input = {
  /** The version of the API: `latest` or `2006-03-01`, which are the same. */
  readonly apiVersion?: string;
  /** The folder in the bucket that copies go to, such as `backups/carryall`; empty for the bucket itself. */
  readonly basePath?: string;
  /** The name of the bucket, which must be there already. */
  readonly bucket: string;
  /** The access key: its id, which is no secret. */
  readonly key: string;
  /** Where the bucket is, such as `eu-west-1`. */
  readonly region: string;
  /** The secret that belongs to the access key. Left empty in a change, it stays, if `key` and `region` do. */
  readonly secret: string;
};

/** A container at Azure. */
export type AzureBlobInput = {
  /** One of the account's two access keys. Left empty in a change, it stays, if `accountName` does. */
  readonly accountKey: string;
  /** The name of the storage account. */
  readonly accountName: string;
  /** The folder in the container that copies go to, such as `backups/carryall`; empty for the container itself. */
  readonly basePath?: string;
  /** The name of the container, which must be there already. */
  readonly container: string;
};

/** Which export is to be called off. */
export type CancelDataExportInput = {
  /** The export. */
  readonly id: string | number;
};

/** Where a copy stands. */
export type CopyStatus =
  /** It is being removed there, and tried until that is done. */
  | 'DELETING'
  /** It is given up: `uploadDataExport` tries again. */
  | 'FAILED'
  /** It waits for its next attempt. */
  | 'PENDING'
  /** It is there, and the storage has said that it is whole. */
  | 'UPLOADED'
  /** It is on its way. */
  | 'UPLOADING';

/** A wish for an export. */
export type CreateDataExportInput = {
  /**
   * Tables to leave out: their names, with their schema or without, or patterns such as `*_log`; `SOURCE/NAME` means those
   * of one source. At most 1,000. What was left out stands in the archive's descriptor.
   */
  readonly excludeTables?: ReadonlyArray<string>;
  /** How its tables are written; without it, as the settings say. */
  readonly format?: TableFormat | null | undefined;
  /**
   * What you call this wish, in 1 to 200 characters: sent again, it returns the export that it made, for as long as that
   * is in the history. Without it, each wish makes an export.
   */
  readonly idempotencyKey?: string | null | undefined;
  /** What it is to be called: 1 to 200 characters, no control characters. */
  readonly name: string;
  /** Whether retention shall never remove it, and not count it. */
  readonly pinned?: boolean;
  /** Whether it is to be copied to every enabled storage; without it, `uploadAutomaticExports` says. */
  readonly upload?: boolean | null | undefined;
};

/** A storage to be configured. */
export type CreateStorageLocationInput = {
  /** Whose it is, and how it is set up. */
  readonly config: StorageConfigInput;
  /** Whether exports are copied there. */
  readonly enabled?: boolean;
  /** What it is to be called: 1 to 200 characters, no control characters, and no other storage's name. */
  readonly name: string;
};

/** Where an export stands. */
export type DataExportStatus =
  /** Somebody called it off. */
  | 'CANCELED'
  /** The archive was read back and can be downloaded. */
  | 'COMPLETED'
  /** It ended without an archive: `failure` says why. */
  | 'FAILED'
  /** It waits for its turn. */
  | 'QUEUED'
  /** It is being made. */
  | 'RUNNING';

/** Which export is to be removed. */
export type DeleteDataExportInput = {
  /** The export. */
  readonly id: string | number;
};

/** Which storage is to be removed. */
export type DeleteStorageLocationInput = {
  /**
   * Whether the files that were copied there go too: then it stays, `deleting`, until they are gone. Otherwise they
   * stay there, are no longer Carryall's, and the exports keep their passwords in the history until somebody deletes them.
   */
  readonly deleteFiles?: boolean;
  /** The storage. */
  readonly id: string | number;
};

/** A Space at DigitalOcean Spaces. */
export type DigitaloceanSpacesInput = {
  /** The version of the API: `latest` or `2006-03-01`, which are the same. */
  readonly apiVersion?: string;
  /** The folder in the Space that copies go to, such as `backups/carryall`; empty for the Space itself. */
  readonly basePath?: string;
  /** The name of the Space, which must be there already. */
  readonly bucket: string;
  /** The address, such as `https://fra1.digitaloceanspaces.com`, with or without the bucket before its host. */
  readonly endpoint: string;
  /** The access key: its id, which is no secret. */
  readonly key: string;
  /** The region, such as `fra1`. */
  readonly region: string;
  /** The secret that belongs to the access key. Left empty in a change, it stays, if `key` and `endpoint` do. */
  readonly secret: string;
};

/**
 * A folder in a Dropbox. Tokens that are made today last four hours, so that a refresh token is what to give; an access token
 * is for those that have one which lasts.
 */
export type DropboxInput = {
  /** The key of the app that the refresh token is of; null with an access token. */
  readonly appKey?: string | null | undefined;
  /**
   * The secret of that app. Apps that use PKCE have none. Left empty in a change, it stays, if `appKey` does; null or left
   * out, it goes.
   */
  readonly appSecret?: string | null | undefined;
  /**
   * An access token that lasts: this, or a refresh token with the key of its app, which goes before it. Left empty in a
   * change, it stays; null or left out, it goes.
   */
  readonly authorizationToken?: string | null | undefined;
  /** The folder that copies go to, within what the app may see; it is made. Empty for the top. */
  readonly basePath?: string;
  /**
   * A refresh token, for which access tokens are had. It needs `appKey`. Left empty in a change, it stays, if `appKey` does;
   * null or left out, it goes.
   */
  readonly refreshToken?: string | null | undefined;
};

/** A stable code for why an export failed. */
export type ExportErrorCode =
  /** There was no room for the archive. */
  | 'DISK_FULL'
  /** The archive was made, but the place where archives are kept could not be reached for a quarter of an hour. */
  | 'FILES_UNREACHABLE'
  /** A fault of the server; its log says more. */
  | 'INTERNAL'
  /** A source refused access. */
  | 'SOURCE_UNAUTHORIZED'
  /** A source could not be opened. */
  | 'SOURCE_UNREACHABLE'
  /** Nothing came from its source for too long. */
  | 'STALLED'
  /** A table could not be read whole. */
  | 'TABLE_UNREADABLE'
  /** It ran longer than the backup timeout. */
  | 'TIMED_OUT'
  /** The archive, read back, was not what had been written. */
  | 'VERIFICATION_FAILED'
  /** The server stopped while the export ran. */
  | 'WORKER_LOST';

/** What an export is doing. */
export type ExportPhase =
  /** It opens the sources and lists their tables. */
  | 'CONNECTING'
  /** Nothing more will happen. */
  | 'DONE'
  /** It reads tables and writes them into the archive. */
  | 'EXPORTING'
  /** It waits for its turn. */
  | 'QUEUED'
  /** It reads the archive back and compares. */
  | 'VERIFYING';

/** What made an export. */
export type ExportTrigger =
  /** Midnight UTC. */
  | 'AUTOMATIC'
  /** A person or an integration asked for it. */
  | 'MANUAL'
  /** An earlier one timed out, stalled or lost its worker: `restartOf` says which. Or the server was stopped while it ran. */
  | 'RESTART';

/** Whether the archive of an export is on the instance. */
export type FileStatus =
  /** It can be downloaded. */
  | 'AVAILABLE'
  /** It was there, and is not any more: somebody else than Carryall has moved or changed it. */
  | 'FILE_UNAVAILABLE'
  /** There is none yet, or will not be one. */
  | 'NONE'
  /**
   * It went past the maximum and was removed. The export stays for the password of its copies: those that `uploads` tells
   * of, or some that were left at a storage which is no longer configured, or configured otherwise.
   */
  | 'REMOVED';

/** A bucket at Google. */
export type GoogleCloudStorageInput = {
  /** The folder in the bucket that copies go to, such as `backups/carryall`; empty for the bucket itself. */
  readonly basePath?: string;
  /** The name of the bucket, which must be there already. */
  readonly bucket: string;
  /** The key file of a service account, in JSON: the text of the file itself. Left empty in a change, it stays. */
  readonly keyFile: string;
  /** The id of the project that the bucket belongs to. */
  readonly projectId: string;
};

/** Which export is to be kept, or let go. */
export type PinDataExportInput = {
  /** The export. */
  readonly id: string | number;
  /** Whether retention shall never remove it, and not count it. */
  readonly pinned: boolean;
};

/** A folder in a container of Cloud Files. */
export type RackspaceInput = {
  /** The folder in the container that copies go to, such as `backups/carryall`; empty for the container itself. */
  readonly basePath?: string;
  /** The container. It is made if it is not there. */
  readonly container?: string;
  /** Where one signs in, with or without `/v2.0`: `https://identity.api.rackspacecloud.com`. */
  readonly identityEndpoint: string;
  /**
   * The password, or the API key: which of them it is is found out by signing in. Left empty in a change, it stays, if
   * `identityEndpoint` and `username` do.
   */
  readonly password: string;
  /** The region that the container is in, such as DFW; in capitals or not. */
  readonly region: string;
  /** The user. */
  readonly username: string;
};

/** Why an export is kept, or is not. */
export type RetentionReason =
  /** There are enough newer ones, but it is still to be copied to a storage: it is kept until that is done or given up. */
  | 'AWAITS_UPLOAD'
  /** Its file is gone or damaged: it is not counted, so that no good one goes for it, and stays until somebody deletes it. */
  | 'NO_GOOD_FILE'
  /** There are enough newer ones. */
  | 'PAST_MAXIMUM'
  /** It is pinned: kept, and not counted. */
  | 'PINNED'
  /** It is among the newest that may be kept. */
  | 'WITHIN_MAXIMUM';

/** A bucket at Scaleway. */
export type ScalewayInput = {
  /** The version of the API: `latest` or `2006-03-01`, which are the same. */
  readonly apiVersion?: string;
  /** The folder in the bucket that copies go to, such as `backups/carryall`; empty for the bucket itself. */
  readonly basePath?: string;
  /** The name of the bucket, which must be there already. */
  readonly bucket: string;
  /** The address, such as `https://s3.fr-par.scw.cloud`, with or without the bucket before its host. */
  readonly endpoint: string;
  /** The access key: its id, which is no secret. */
  readonly key: string;
  /** The region, such as `fr-par`. */
  readonly region: string;
  /** The secret that belongs to the access key. Left empty in a change, it stays, if `key` and `endpoint` do. */
  readonly secret: string;
};

/** An SFTP server, and a folder on it. */
export type SftpInput = {
  /**
   * The folder that copies go to, such as `backups/carryall`; it is made. With a leading slash from the server's root, else
   * from where a session of the user starts; empty: there itself.
   */
  readonly basePath?: string;
  /** The server's name or address, without a port, such as `sftp.example.com`. */
  readonly host: string;
  /**
   * The host key's fingerprint as `ssh-keygen -l` prints it, `SHA256:…`. Without one, the
   * first key that is seen is pinned, and a test of the storage shows it.
   */
  readonly hostKeyFingerprint?: string | null | undefined;
  /** The user's password. Left empty in a change, it stays, if `host`, `port`, `username` and the host's key do. */
  readonly password: string;
  /** The port, 1 to 65535. */
  readonly port?: number;
  /** The user to sign in as. */
  readonly username: string;
};

/** How a storage is set up: exactly one of these. Secrets go in and never come out. */
export type StorageConfigInput =
  {   /** Amazon S3. */
  readonly amazonS3: AmazonS3Input; readonly azureBlob?: never; readonly digitaloceanSpaces?: never; readonly dropbox?: never; readonly googleCloudStorage?: never; readonly rackspace?: never; readonly scaleway?: never; readonly sftp?: never; }
  |  { readonly amazonS3?: never;   /** Azure Blob Storage. */
  readonly azureBlob: AzureBlobInput; readonly digitaloceanSpaces?: never; readonly dropbox?: never; readonly googleCloudStorage?: never; readonly rackspace?: never; readonly scaleway?: never; readonly sftp?: never; }
  |  { readonly amazonS3?: never; readonly azureBlob?: never;   /** DigitalOcean Spaces. */
  readonly digitaloceanSpaces: DigitaloceanSpacesInput; readonly dropbox?: never; readonly googleCloudStorage?: never; readonly rackspace?: never; readonly scaleway?: never; readonly sftp?: never; }
  |  { readonly amazonS3?: never; readonly azureBlob?: never; readonly digitaloceanSpaces?: never;   /** Dropbox. */
  readonly dropbox: DropboxInput; readonly googleCloudStorage?: never; readonly rackspace?: never; readonly scaleway?: never; readonly sftp?: never; }
  |  { readonly amazonS3?: never; readonly azureBlob?: never; readonly digitaloceanSpaces?: never; readonly dropbox?: never;   /** Google Cloud Storage. */
  readonly googleCloudStorage: GoogleCloudStorageInput; readonly rackspace?: never; readonly scaleway?: never; readonly sftp?: never; }
  |  { readonly amazonS3?: never; readonly azureBlob?: never; readonly digitaloceanSpaces?: never; readonly dropbox?: never; readonly googleCloudStorage?: never;   /** Rackspace Cloud Files, or another OpenStack Swift with Identity v2.0. */
  readonly rackspace: RackspaceInput; readonly scaleway?: never; readonly sftp?: never; }
  |  { readonly amazonS3?: never; readonly azureBlob?: never; readonly digitaloceanSpaces?: never; readonly dropbox?: never; readonly googleCloudStorage?: never; readonly rackspace?: never;   /** Scaleway Object Storage. */
  readonly scaleway: ScalewayInput; readonly sftp?: never; }
  |  { readonly amazonS3?: never; readonly azureBlob?: never; readonly digitaloceanSpaces?: never; readonly dropbox?: never; readonly googleCloudStorage?: never; readonly rackspace?: never; readonly scaleway?: never;   /** SFTP server. */
  readonly sftp: SftpInput; };

/** A stable code for why something failed at a storage. */
export type StorageErrorCode =
  /** What is there is not what was put. */
  | 'DAMAGED'
  /** There is no file of the export on the instance, or it is not what it was. */
  | 'FILE_UNAVAILABLE'
  /** The host has another key than the one that was pinned. Nothing was sent to it. */
  | 'HOST_KEY_CHANGED'
  /** What was configured cannot work. */
  | 'INVALID_SETTINGS'
  /** The bucket or container is not there, or the file. */
  | 'NOT_FOUND'
  /** There is no room left. */
  | 'QUOTA_EXCEEDED'
  /** The provider refuses it for a reason of its own. */
  | 'REJECTED'
  /** The storage was switched off before the copy had arrived. */
  | 'SWITCHED_OFF'
  /** The credentials are refused, or allow too little. */
  | 'UNAUTHORIZED'
  /** It cannot be reached, or has a fault of its own. */
  | 'UNREACHABLE';

/** Who provides a storage. */
export type StorageProvider =
  /** Amazon S3. */
  | 'AMAZON_S3'
  /** Azure Blob Storage. */
  | 'AZURE_BLOB'
  /** DigitalOcean Spaces. */
  | 'DIGITALOCEAN_SPACES'
  /** Dropbox. */
  | 'DROPBOX'
  /** Google Cloud Storage. */
  | 'GOOGLE_CLOUD_STORAGE'
  /** Rackspace Cloud Files, or another OpenStack Swift with Identity v2.0. */
  | 'RACKSPACE'
  /** Scaleway Object Storage. */
  | 'SCALEWAY'
  /** SFTP server. */
  | 'SFTP';

/** What a step tries. */
export type StorageTestStepName =
  /** A connection is made. */
  | 'CONNECT'
  /** It is deleted. */
  | 'DELETE'
  /** The certificate, or the host key, is the right one. */
  | 'IDENTIFY'
  /** It is read back. */
  | 'READ'
  /** The name of the host is looked up. */
  | 'RESOLVE'
  /** The credentials are accepted. */
  | 'SIGN_IN'
  /** A small file is written. */
  | 'WRITE';

/** How tables are written. */
export type TableFormat =
  /** RFC 4180, UTF-8, with a header; NULL is an empty field, an empty text is `""`. */
  | 'CSV'
  /** JSON Lines: an object a row, without any loss. */
  | 'JSONL';

/** What is to be tried out: a storage by its id, a configuration that is not saved yet, or a change of a storage's that is not. */
export type TestStorageLocationInput = {
  /**
   * The configuration, which need not be saved. With `id`, as if that storage were changed to it: a secret that is the empty
   * string is the one that is saved, and the host key is the one that is pinned, where `updateStorageLocation` keeps them.
   * Nothing is changed by it, nor noted with the storage. Without `id`, all secrets must be given.
   */
  readonly config?: StorageConfigInput | null | undefined;
  /** The storage; without `config`, with the settings that are saved. */
  readonly id?: string | number | null | undefined;
};

/** A change of the settings. What is left out keeps its value. */
export type UpdateDataExportSettingsInput = {
  /** One export each night at midnight UTC. */
  readonly automaticExports?: boolean | null | undefined;
  /** Longest run in minutes. 60 to 1440. */
  readonly backupTimeoutMinutes?: number | null | undefined;
  /**
   * The version the change was made for; if the settings are at another, nothing is changed. Without it, that is not
   * asked.
   */
  readonly expectedVersion?: number | null | undefined;
  /** How exports write their tables, unless one is asked for otherwise. */
  readonly format?: TableFormat | null | undefined;
  /** Most completed exports kept. 1 to 1000. A lower one takes effect at once: `retentionPreview` says what will be removed. */
  readonly maximumExports?: number | null | undefined;
  /** Exports, made by hand or by night, also go to every enabled storage, unless their own `upload` says otherwise. */
  readonly uploadAutomaticExports?: boolean | null | undefined;
};

/** A change of a storage. What is left out keeps its value. */
export type UpdateStorageLocationInput = {
  /**
   * Replaces the whole configuration, and tries again what had failed. If it is another place
   * (another bucket, folder or host, say), the files at the former one stay there and are no longer Carryall's. A host key
   * that was pinned stays pinned as long as host and port are the same; to accept a new one, give its fingerprint.
   * A secret that is the empty string stays what it is, as long as the provider, and all that decides where it goes and as
   * whom it is used, stay too: each secret says what that is. Else it must be entered again (`BLANK`).
   */
  readonly config?: StorageConfigInput | null | undefined;
  /** Whether exports are copied there. Switched off, what is on its way there is given up. */
  readonly enabled?: boolean | null | undefined;
  /**
   * The version the change was made for; if the storage is at another, nothing is changed. Without it, that is not
   * asked.
   */
  readonly expectedVersion?: number | null | undefined;
  /** The storage. */
  readonly id: string | number;
  /** What it is to be called: 1 to 200 characters, no control characters, and no other storage's name. */
  readonly name?: string | null | undefined;
};

/** Which export is to be copied again, and where to. */
export type UploadDataExportInput = {
  /** The export. */
  readonly id: string | number;
  /**
   * The storage, to which it is copied whatever was there of it; without one, it goes to every enabled storage that has
   * not got it whole.
   */
  readonly storageId?: string | number | null | undefined;
};

/** The copies of one export together. */
export type UploadStatus =
  /** Some were given up: `uploads` says why. */
  | 'INCOMPLETE'
  /**
   * Nothing is to be copied: it was not asked for, no storage was enabled, or there will be no file. Or its copies were
   * removed, or left to others.
   */
  | 'NOT_REQUESTED'
  /** Copies are on their way, or will be when the export is completed. */
  | 'PENDING'
  /** All have arrived whole. */
  | 'UPLOADED';

/** A stable code for what is wrong in an input. */
export type UserErrorCode =
  /** There is nothing in it. */
  | 'BLANK'
  /** There is no file of it on the instance. */
  | 'FILE_UNAVAILABLE'
  /** The idempotency key stands for another wish. */
  | 'IDEMPOTENCY_KEY_REUSED'
  /** It cannot be used as it is. */
  | 'INVALID'
  /** Something is being done with it, or somebody wants it kept. */
  | 'IN_USE'
  /** It has ended already. */
  | 'NOT_CANCELABLE'
  /** There is no such thing. */
  | 'NOT_FOUND'
  /** It is less or more than what is allowed. */
  | 'OUT_OF_RANGE'
  /** It was changed by somebody else in the meantime. */
  | 'STALE'
  /** Something else has it already. */
  | 'TAKEN'
  /** It has too many characters. */
  | 'TOO_LONG'
  /** Too many exports are waiting. */
  | 'TOO_MANY_QUEUED';

/** How the reading back went. */
export type VerificationStatus =
  /** Something is not: `mismatches` says what. An archive in which that is found before it is offered is not offered. */
  | 'FAILED'
  /** It did not come to that. */
  | 'NOT_VERIFIED'
  /** Everything is as it was written. */
  | 'PASSED'
  /** The archive is being read back. */
  | 'RUNNING';

/** Which export's archive is to be read again. */
export type VerifyDataExportInput = {
  /** The export. */
  readonly id: string | number;
  /** The storage whose copy is to be verified; without it, the archive on the instance is. */
  readonly storageId?: string | number | null | undefined;
};

/** An enum describing what kind of type a given `__Type` is. */
export type __TypeKind =
  /** Indicates this type is a scalar. */
  | 'SCALAR'
  /** Indicates this type is an object. `fields` and `interfaces` are valid fields. */
  | 'OBJECT'
  /** Indicates this type is an interface. `fields`, `interfaces`, and `possibleTypes` are valid fields. */
  | 'INTERFACE'
  /** Indicates this type is a union. `possibleTypes` is a valid field. */
  | 'UNION'
  /** Indicates this type is an enum. `enumValues` is a valid field. */
  | 'ENUM'
  /** Indicates this type is an input object. `inputFields` is a valid field. */
  | 'INPUT_OBJECT'
  /** Indicates this type is a list. `ofType` is a valid field. */
  | 'LIST'
  /** Indicates this type is a non-null. `ofType` is a valid field. */
  | 'NON_NULL';

export type RefusalFragment = { readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode };

export type PreviousExportQueryVariables = Exact<{
  id: string | number;
}>;


export type PreviousExportQuery = { readonly dataExport: { readonly id: string, readonly previous: { readonly id: string, readonly name: string, readonly finishedAt: string | null, readonly format: TableFormat, readonly excludeTables: ReadonlyArray<string> } | null } | null };

export type ExportDetailsQueryVariables = Exact<{
  id: string | number;
  operator: boolean;
}>;


export type ExportDetailsQuery = { readonly dataExport: { readonly sha256: string | null, readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null, readonly tablesChecked: number, readonly rowsChecked: string, readonly mismatches: ReadonlyArray<string> }, readonly snapshots: ReadonlyArray<{ readonly source: string, readonly engine: string, readonly serverVersion: string, readonly takenAt: string, readonly leftOut: number, readonly warnings: ReadonlyArray<string> }>, readonly restartOf: { readonly id: string, readonly name: string } | null, readonly restartedAs: { readonly id: string, readonly name: string } | null, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> } | null };

export type ExportTablesQueryVariables = Exact<{
  id: string | number;
  after?: string | null | undefined;
}>;


export type ExportTablesQuery = { readonly dataExport: { readonly id: string, readonly tables: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly source: string, readonly schema: string | null, readonly name: string, readonly rowCount: string, readonly bytes: string, readonly sha256: string, readonly fileName: string }>, readonly pageInfo: { readonly endCursor: string | null, readonly hasNextPage: boolean } } } | null };

export type RecentExportsQueryVariables = Exact<{ [key: string]: never; }>;


export type RecentExportsQuery = { readonly dataExports: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly sizeBytes: string | null, readonly startedAt: string | null, readonly finishedAt: string | null }> } };

export type ExportRowFragment = { readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null }, readonly restartOf: { readonly id: string } | null, readonly restartedAs: { readonly id: string } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> };

export type HistoryQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  operator: boolean;
}>;


export type HistoryQuery = { readonly dataExports: { readonly totalCount: number, readonly nodes: ReadonlyArray<{ readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null }, readonly restartOf: { readonly id: string } | null, readonly restartedAs: { readonly id: string } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> }>, readonly pageInfo: { readonly startCursor: string | null, readonly endCursor: string | null, readonly hasNextPage: boolean, readonly hasPreviousPage: boolean } } };

export type WatchSubscriptionVariables = Exact<{
  id: string | number;
  operator: boolean;
}>;


export type WatchSubscription = { readonly dataExportProgress: { readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null }, readonly restartOf: { readonly id: string } | null, readonly restartedAs: { readonly id: string } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> } };

export type CreateDataExportMutationVariables = Exact<{
  input: CreateDataExportInput;
  operator: boolean;
}>;


export type CreateDataExportMutation = { readonly createDataExport: { readonly dataExport: { readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null }, readonly restartOf: { readonly id: string } | null, readonly restartedAs: { readonly id: string } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type CancelDataExportMutationVariables = Exact<{
  input: CancelDataExportInput;
}>;


export type CancelDataExportMutation = { readonly cancelDataExport: { readonly dataExport: { readonly id: string, readonly status: DataExportStatus, readonly cancelRequested: boolean } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type PinDataExportMutationVariables = Exact<{
  input: PinDataExportInput;
}>;


export type PinDataExportMutation = { readonly pinDataExport: { readonly dataExport: { readonly id: string, readonly pinned: boolean } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type DeleteDataExportMutationVariables = Exact<{
  input: DeleteDataExportInput;
}>;


export type DeleteDataExportMutation = { readonly deleteDataExport: { readonly deletedDataExportId: string | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type VerifyDataExportMutationVariables = Exact<{
  input: VerifyDataExportInput;
  operator: boolean;
}>;


export type VerifyDataExportMutation = { readonly verifyDataExport: { readonly dataExport: { readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null }, readonly restartOf: { readonly id: string } | null, readonly restartedAs: { readonly id: string } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type UploadDataExportMutationVariables = Exact<{
  input: UploadDataExportInput;
  operator: boolean;
}>;


export type UploadDataExportMutation = { readonly uploadDataExport: { readonly dataExport: { readonly id: string, readonly name: string, readonly status: DataExportStatus, readonly trigger: ExportTrigger, readonly createdAt: string, readonly createdBy: string | null, readonly startedAt: string | null, readonly finishedAt: string | null, readonly pinned: boolean, readonly cancelRequested: boolean, readonly excludeTables: ReadonlyArray<string>, readonly format: TableFormat, readonly fileName: string | null, readonly fileStatus: FileStatus, readonly sizeBytes: string | null, readonly uploadStatus: UploadStatus, readonly progress: { readonly phase: ExportPhase, readonly percent: number | null, readonly currentTable: string | null, readonly tablesDone: number, readonly tablesTotal: number, readonly rowsDone: string, readonly rowsEstimated: string | null, readonly bytesRead: string, readonly bytesWritten: string, readonly bytesVerified: string, readonly bytesPerSecond: string | null, readonly etaSeconds: number | null, readonly sequence: string }, readonly failure: { readonly code: ExportErrorCode, readonly message: string, readonly table: string | null } | null, readonly verification: { readonly status: VerificationStatus, readonly checkedAt: string | null }, readonly restartOf: { readonly id: string } | null, readonly restartedAs: { readonly id: string } | null, readonly uploads: ReadonlyArray<{ readonly status: CopyStatus, readonly attempts: number, readonly bytesDone: string, readonly sizeBytes: string | null, readonly uploadedAt: string | null, readonly verifiedAt: string | null, readonly verifying: boolean, readonly nextAttemptAt: string | null, readonly path?: string, readonly failure: { readonly code: StorageErrorCode, readonly message?: string, readonly occurredAt: string | null } | null, readonly storage: { readonly id: string, readonly name: string } }> } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type FilePasswordQueryVariables = Exact<{
  id: string | number;
}>;


export type FilePasswordQuery = { readonly dataExport: { readonly id: string, readonly fileName: string | null, readonly filePassword: string | null } | null };

export type DownloadUrlQueryVariables = Exact<{
  id: string | number;
}>;


export type DownloadUrlQuery = { readonly dataExport: { readonly id: string, readonly downloadUrl: string | null } | null };

export type SettingsFieldsFragment = { readonly automaticExports: boolean, readonly uploadAutomaticExports: boolean, readonly maximumExports: number, readonly backupTimeoutMinutes: number, readonly format: TableFormat, readonly nextRunAt: string | null, readonly version: number };

export type SettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsQuery = { readonly dataExportSettings: { readonly automaticExports: boolean, readonly uploadAutomaticExports: boolean, readonly maximumExports: number, readonly backupTimeoutMinutes: number, readonly format: TableFormat, readonly nextRunAt: string | null, readonly version: number } };

export type UpdateSettingsMutationVariables = Exact<{
  input: UpdateDataExportSettingsInput;
}>;


export type UpdateSettingsMutation = { readonly updateDataExportSettings: { readonly settings: { readonly automaticExports: boolean, readonly uploadAutomaticExports: boolean, readonly maximumExports: number, readonly backupTimeoutMinutes: number, readonly format: TableFormat, readonly nextRunAt: string | null, readonly version: number } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type RetentionPreviewQueryVariables = Exact<{
  maximumExports: number;
}>;


export type RetentionPreviewQuery = { readonly retentionPreview: ReadonlyArray<{ readonly keep: boolean, readonly reason: RetentionReason, readonly storage: { readonly id: string, readonly name: string } | null, readonly dataExport: { readonly id: string, readonly name: string, readonly createdAt: string } }> };

export type StorageRowFragment = { readonly id: string, readonly name: string, readonly provider: StorageProvider, readonly enabled: boolean, readonly deleting: boolean, readonly version: number, readonly lastUploadedAt: string | null, readonly lastFailure: { readonly code: StorageErrorCode, readonly message: string, readonly occurredAt: string | null, readonly retryable: boolean } | null };

export type StoragesQueryVariables = Exact<{ [key: string]: never; }>;


export type StoragesQuery = { readonly storageLocations: ReadonlyArray<{ readonly id: string, readonly name: string, readonly provider: StorageProvider, readonly enabled: boolean, readonly deleting: boolean, readonly version: number, readonly lastUploadedAt: string | null, readonly lastFailure: { readonly code: StorageErrorCode, readonly message: string, readonly occurredAt: string | null, readonly retryable: boolean } | null }> };

export type StorageSchemaQueryVariables = Exact<{ [key: string]: never; }>;


export type StorageSchemaQuery = { readonly config: { readonly inputFields: ReadonlyArray<{ readonly name: string, readonly description: string | null, readonly type: { readonly name: string | null, readonly inputFields: ReadonlyArray<{ readonly name: string, readonly description: string | null, readonly defaultValue: string | null, readonly type: { readonly kind: __TypeKind, readonly name: string | null, readonly ofType: { readonly kind: __TypeKind, readonly name: string | null, readonly enumValues: ReadonlyArray<{ readonly name: string, readonly description: string | null }> | null } | null, readonly enumValues: ReadonlyArray<{ readonly name: string, readonly description: string | null }> | null } }> | null } }> | null } | null, readonly shown: { readonly possibleTypes: ReadonlyArray<{ readonly name: string | null, readonly fields: ReadonlyArray<{ readonly name: string, readonly type: { readonly kind: __TypeKind, readonly name: string | null, readonly ofType: { readonly kind: __TypeKind, readonly name: string | null, readonly enumValues: ReadonlyArray<{ readonly name: string, readonly description: string | null }> | null } | null, readonly enumValues: ReadonlyArray<{ readonly name: string, readonly description: string | null }> | null } }> | null }> | null } | null };

export type SettingTypeFragment = { readonly kind: __TypeKind, readonly name: string | null, readonly enumValues: ReadonlyArray<{ readonly name: string, readonly description: string | null }> | null };

export type CreateStorageMutationVariables = Exact<{
  input: CreateStorageLocationInput;
}>;


export type CreateStorageMutation = { readonly createStorageLocation: { readonly storageLocation: { readonly id: string, readonly name: string, readonly provider: StorageProvider, readonly enabled: boolean, readonly deleting: boolean, readonly version: number, readonly lastUploadedAt: string | null, readonly lastFailure: { readonly code: StorageErrorCode, readonly message: string, readonly occurredAt: string | null, readonly retryable: boolean } | null } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type UpdateStorageMutationVariables = Exact<{
  input: UpdateStorageLocationInput;
}>;


export type UpdateStorageMutation = { readonly updateStorageLocation: { readonly releasedFiles: number, readonly storageLocation: { readonly id: string, readonly name: string, readonly provider: StorageProvider, readonly enabled: boolean, readonly deleting: boolean, readonly version: number, readonly lastUploadedAt: string | null, readonly lastFailure: { readonly code: StorageErrorCode, readonly message: string, readonly occurredAt: string | null, readonly retryable: boolean } | null } | null, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type DeleteStorageMutationVariables = Exact<{
  input: DeleteStorageLocationInput;
}>;


export type DeleteStorageMutation = { readonly deleteStorageLocation: { readonly deletedStorageLocationId: string | null, readonly releasedFiles: number, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export type TestStorageSubscriptionVariables = Exact<{
  input: TestStorageLocationInput;
}>;


export type TestStorageSubscription = { readonly storageLocationTest: { readonly finished: boolean, readonly trying: StorageTestStepName | null, readonly ok: boolean, readonly hostKeyFingerprint: string | null, readonly steps: ReadonlyArray<{ readonly name: StorageTestStepName, readonly ok: boolean, readonly message: string | null, readonly durationMs: number }>, readonly userErrors: ReadonlyArray<{ readonly field: ReadonlyArray<string> | null, readonly message: string, readonly code: UserErrorCode }> } };

export const RefusalFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<RefusalFragment, unknown>;
export const ExportRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ExportRowFragment, unknown>;
export const SettingsFieldsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExportSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"automaticExports"}},{"kind":"Field","name":{"kind":"Name","value":"uploadAutomaticExports"}},{"kind":"Field","name":{"kind":"Name","value":"maximumExports"}},{"kind":"Field","name":{"kind":"Name","value":"backupTimeoutMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"nextRunAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]} as unknown as DocumentNode<SettingsFieldsFragment, unknown>;
export const StorageRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"StorageRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StorageLocation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"deleting"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"lastUploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}}]}}]} as unknown as DocumentNode<StorageRowFragment, unknown>;
export const SettingTypeFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingType"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"__Type"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"enumValues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]} as unknown as DocumentNode<SettingTypeFragment, unknown>;
export const PreviousExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"PreviousExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"previous"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}}]}}]}}]}}]} as unknown as DocumentNode<PreviousExportQuery, PreviousExportQueryVariables>;
export const ExportDetailsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ExportDetails"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"operator"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ExportRow"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}},{"kind":"Field","name":{"kind":"Name","value":"tablesChecked"}},{"kind":"Field","name":{"kind":"Name","value":"rowsChecked"}},{"kind":"Field","name":{"kind":"Name","value":"mismatches"}}]}},{"kind":"Field","name":{"kind":"Name","value":"snapshots"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"engine"}},{"kind":"Field","name":{"kind":"Name","value":"serverVersion"}},{"kind":"Field","name":{"kind":"Name","value":"takenAt"}},{"kind":"Field","name":{"kind":"Name","value":"leftOut"}},{"kind":"Field","name":{"kind":"Name","value":"warnings"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<ExportDetailsQuery, ExportDetailsQueryVariables>;
export const ExportTablesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ExportTables"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"tables"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"source"}},{"kind":"Field","name":{"kind":"Name","value":"schema"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"rowCount"}},{"kind":"Field","name":{"kind":"Name","value":"bytes"}},{"kind":"Field","name":{"kind":"Name","value":"sha256"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}}]}}]}}]}}]}}]} as unknown as DocumentNode<ExportTablesQuery, ExportTablesQueryVariables>;
export const RecentExportsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RecentExports"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExports"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"IntValue","value":"100"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}}]}}]}}]}}]} as unknown as DocumentNode<RecentExportsQuery, RecentExportsQueryVariables>;
export const HistoryDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"History"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"operator"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExports"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ExportRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}},{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<HistoryQuery, HistoryQueryVariables>;
export const WatchDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Watch"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"operator"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExportProgress"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ExportRow"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<WatchSubscription, WatchSubscriptionVariables>;
export const CreateDataExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateDataExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateDataExportInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"operator"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createDataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ExportRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<CreateDataExportMutation, CreateDataExportMutationVariables>;
export const CancelDataExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CancelDataExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CancelDataExportInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"cancelDataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<CancelDataExportMutation, CancelDataExportMutationVariables>;
export const PinDataExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"PinDataExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"PinDataExportInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pinDataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<PinDataExportMutation, PinDataExportMutationVariables>;
export const DeleteDataExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteDataExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteDataExportInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteDataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedDataExportId"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<DeleteDataExportMutation, DeleteDataExportMutationVariables>;
export const VerifyDataExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"VerifyDataExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"VerifyDataExportInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"operator"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"verifyDataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ExportRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<VerifyDataExportMutation, VerifyDataExportMutationVariables>;
export const UploadDataExportDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UploadDataExport"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UploadDataExportInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"operator"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Boolean"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"uploadDataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"ExportRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ExportRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExport"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"trigger"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"createdBy"}},{"kind":"Field","name":{"kind":"Name","value":"startedAt"}},{"kind":"Field","name":{"kind":"Name","value":"finishedAt"}},{"kind":"Field","name":{"kind":"Name","value":"pinned"}},{"kind":"Field","name":{"kind":"Name","value":"cancelRequested"}},{"kind":"Field","name":{"kind":"Name","value":"excludeTables"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"fileStatus"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadStatus"}},{"kind":"Field","name":{"kind":"Name","value":"progress"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"phase"}},{"kind":"Field","name":{"kind":"Name","value":"percent"}},{"kind":"Field","name":{"kind":"Name","value":"currentTable"}},{"kind":"Field","name":{"kind":"Name","value":"tablesDone"}},{"kind":"Field","name":{"kind":"Name","value":"tablesTotal"}},{"kind":"Field","name":{"kind":"Name","value":"rowsDone"}},{"kind":"Field","name":{"kind":"Name","value":"rowsEstimated"}},{"kind":"Field","name":{"kind":"Name","value":"bytesRead"}},{"kind":"Field","name":{"kind":"Name","value":"bytesWritten"}},{"kind":"Field","name":{"kind":"Name","value":"bytesVerified"}},{"kind":"Field","name":{"kind":"Name","value":"bytesPerSecond"}},{"kind":"Field","name":{"kind":"Name","value":"etaSeconds"}},{"kind":"Field","name":{"kind":"Name","value":"sequence"}}]}},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"table"}}]}},{"kind":"Field","name":{"kind":"Name","value":"verification"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"checkedAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartOf"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"restartedAs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}},{"kind":"Field","name":{"kind":"Name","value":"uploads"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"attempts"}},{"kind":"Field","name":{"kind":"Name","value":"bytesDone"}},{"kind":"Field","name":{"kind":"Name","value":"sizeBytes"}},{"kind":"Field","name":{"kind":"Name","value":"uploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifiedAt"}},{"kind":"Field","name":{"kind":"Name","value":"verifying"}},{"kind":"Field","name":{"kind":"Name","value":"nextAttemptAt"}},{"kind":"Field","name":{"kind":"Name","value":"path"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"failure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"},"directives":[{"kind":"Directive","name":{"kind":"Name","value":"include"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"if"},"value":{"kind":"Variable","name":{"kind":"Name","value":"operator"}}}]}]},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<UploadDataExportMutation, UploadDataExportMutationVariables>;
export const FilePasswordDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"FilePassword"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"fileName"}},{"kind":"Field","name":{"kind":"Name","value":"filePassword"}}]}}]}}]} as unknown as DocumentNode<FilePasswordQuery, FilePasswordQueryVariables>;
export const DownloadUrlDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DownloadUrl"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"downloadUrl"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"expiresInSeconds"},"value":{"kind":"IntValue","value":"60"}}]}]}}]}}]} as unknown as DocumentNode<DownloadUrlQuery, DownloadUrlQueryVariables>;
export const SettingsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Settings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"dataExportSettings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsFields"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExportSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"automaticExports"}},{"kind":"Field","name":{"kind":"Name","value":"uploadAutomaticExports"}},{"kind":"Field","name":{"kind":"Name","value":"maximumExports"}},{"kind":"Field","name":{"kind":"Name","value":"backupTimeoutMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"nextRunAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}}]} as unknown as DocumentNode<SettingsQuery, SettingsQueryVariables>;
export const UpdateSettingsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateSettings"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateDataExportSettingsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateDataExportSettings"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"settings"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingsFields"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingsFields"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DataExportSettings"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"automaticExports"}},{"kind":"Field","name":{"kind":"Name","value":"uploadAutomaticExports"}},{"kind":"Field","name":{"kind":"Name","value":"maximumExports"}},{"kind":"Field","name":{"kind":"Name","value":"backupTimeoutMinutes"}},{"kind":"Field","name":{"kind":"Name","value":"format"}},{"kind":"Field","name":{"kind":"Name","value":"nextRunAt"}},{"kind":"Field","name":{"kind":"Name","value":"version"}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<UpdateSettingsMutation, UpdateSettingsMutationVariables>;
export const RetentionPreviewDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"RetentionPreview"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"maximumExports"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retentionPreview"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"maximumExports"},"value":{"kind":"Variable","name":{"kind":"Name","value":"maximumExports"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"keep"}},{"kind":"Field","name":{"kind":"Name","value":"reason"}},{"kind":"Field","name":{"kind":"Name","value":"storage"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"dataExport"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}}]}}]}}]}}]} as unknown as DocumentNode<RetentionPreviewQuery, RetentionPreviewQueryVariables>;
export const StoragesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Storages"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"storageLocations"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"StorageRow"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"StorageRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StorageLocation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"deleting"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"lastUploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}}]}}]} as unknown as DocumentNode<StoragesQuery, StoragesQueryVariables>;
export const StorageSchemaDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"StorageSchema"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"config"},"name":{"kind":"Name","value":"__type"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"StorageConfigInput","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"inputFields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"type"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"inputFields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}},{"kind":"Field","name":{"kind":"Name","value":"defaultValue"}},{"kind":"Field","name":{"kind":"Name","value":"type"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingType"}},{"kind":"Field","name":{"kind":"Name","value":"ofType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingType"}}]}}]}}]}}]}}]}}]}},{"kind":"Field","alias":{"kind":"Name","value":"shown"},"name":{"kind":"Name","value":"__type"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"name"},"value":{"kind":"StringValue","value":"StorageConfig","block":false}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"possibleTypes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"fields"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"type"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingType"}},{"kind":"Field","name":{"kind":"Name","value":"ofType"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SettingType"}}]}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SettingType"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"__Type"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"enumValues"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"description"}}]}}]}}]} as unknown as DocumentNode<StorageSchemaQuery, StorageSchemaQueryVariables>;
export const CreateStorageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateStorage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateStorageLocationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createStorageLocation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"storageLocation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"StorageRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"StorageRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StorageLocation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"deleting"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"lastUploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<CreateStorageMutation, CreateStorageMutationVariables>;
export const UpdateStorageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateStorage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateStorageLocationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateStorageLocation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"storageLocation"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"StorageRow"}}]}},{"kind":"Field","name":{"kind":"Name","value":"releasedFiles"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"StorageRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"StorageLocation"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"enabled"}},{"kind":"Field","name":{"kind":"Name","value":"deleting"}},{"kind":"Field","name":{"kind":"Name","value":"version"}},{"kind":"Field","name":{"kind":"Name","value":"lastUploadedAt"}},{"kind":"Field","name":{"kind":"Name","value":"lastFailure"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}},{"kind":"Field","name":{"kind":"Name","value":"retryable"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<UpdateStorageMutation, UpdateStorageMutationVariables>;
export const DeleteStorageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"DeleteStorage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"DeleteStorageLocationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deleteStorageLocation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"deletedStorageLocationId"}},{"kind":"Field","name":{"kind":"Name","value":"releasedFiles"}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<DeleteStorageMutation, DeleteStorageMutationVariables>;
export const TestStorageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"TestStorage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"TestStorageLocationInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"storageLocationTest"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"finished"}},{"kind":"Field","name":{"kind":"Name","value":"trying"}},{"kind":"Field","name":{"kind":"Name","value":"ok"}},{"kind":"Field","name":{"kind":"Name","value":"hostKeyFingerprint"}},{"kind":"Field","name":{"kind":"Name","value":"steps"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"ok"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"durationMs"}}]}},{"kind":"Field","name":{"kind":"Name","value":"userErrors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"Refusal"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Refusal"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"field"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"code"}}]}}]} as unknown as DocumentNode<TestStorageSubscription, TestStorageSubscriptionVariables>;